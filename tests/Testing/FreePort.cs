using System.Net;
using System.Net.Sockets;

namespace Engine.Testing;

/// <summary>Loopback ports for programs that cannot be told to choose one themselves.</summary>
/// <remarks>
/// They lie below the ports that systems take for outgoing connections (32768 and up on Linux): one of those could be taken before the program
/// binds it, and a connection to one where nobody listens could even meet itself.
/// </remarks>
public static class FreePort
{
    private const int First = 21_000;
    private const int Last = 32_000;

    private static readonly HashSet<int> Given = [];

    /// <summary>A port that was free a moment ago and that this process has not given out before.</summary>
    public static int Next()
    {
        for (var attempt = 0; attempt < 1000; attempt++)
        {
            var port = Random.Shared.Next(First, Last);
            lock (Given)
            {
                if (!Given.Add(port))
                {
                    continue;
                }
            }

            try
            {
                using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                probe.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Somebody else's.
            }
        }

        throw new InvalidOperationException($"No free port between {First} and {Last} on 127.0.0.1.");
    }

    /// <summary>Whether something accepts on the port at this moment.</summary>
    public static async Task<bool> IsListeningAsync(int port)
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await probe.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), Deadline.Token(TimeSpan.FromSeconds(2)));
            return true;
        }
        catch (Exception failure) when (failure is SocketException or OperationCanceledException)
        {
            return false;
        }
    }
}
