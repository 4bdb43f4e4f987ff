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
            File.Delete(path);
            return;
        }
        catch (SocketException)
        {
            // No socket: bind says so in its own words.
            return;
        }

        throw new AddressInUseException($"Can't listen on {path}: another program listens there already.");
    }

    public static void Remove(string path)
    {
        if (!path.StartsWith('@'))
        {
            File.Delete(path);
        }
    }
}
