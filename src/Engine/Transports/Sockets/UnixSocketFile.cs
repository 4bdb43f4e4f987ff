using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Engine.Transports;

/// <summary>The file of a listening Unix socket.</summary>
internal static class UnixSocketFile
{
    /// <summary>Removes the file of a listener that is gone; one that still answers stays.</summary>
    /// <exception cref="AddressInUseException">Someone listens there.</exception>
    public static async ValueTask RemoveStaleAsync(string path, CancellationToken cancellationToken)
    {
        // '@' begins an abstract name, which has no file.
        if (path.StartsWith('@') || !File.Exists(path))
        {
            return;
        }

        using var probe = SocketSettings.Create(AddressFamily.Unix);
        try
        {
            await probe.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
        {
            // A file that is no socket refuses as well, and is somebody's data.
            if (IsSocket(path))
            {
                File.Delete(path);
            }

            return;
        }
        catch (SocketException)
        {
            // No socket: bind says so in its own words.
            return;
        }

        throw new AddressInUseException($"Can't listen on {path}: another program listens there already.");
    }

    // A socket is the one kind of file that cannot be opened (ENXIO). Read and write, so that a FIFO does not wait for its other end.
    private static bool IsSocket(string path)
    {
        try
        {
            using var handle = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            return false;
        }
        catch (IOException exception)
        {
            return exception is not (FileNotFoundException or DirectoryNotFoundException);
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }

    public static void Remove(string path)
    {
        if (!path.StartsWith('@'))
        {
            File.Delete(path);
        }
    }
}
