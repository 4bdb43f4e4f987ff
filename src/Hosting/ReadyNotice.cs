using System.Globalization;
using System.Net.Sockets;
using Engine.Hosting.Configuration;

namespace Engine.Hosting;

/// <summary>Tells whoever started the program that it serves: the process id in a file, and <c>READY=1</c> to systemd.</summary>
internal static class ReadyNotice
{
    public static void Send(string? pidFile)
    {
        if (pidFile is not null)
        {
            File.WriteAllText(TextFile.Expand(pidFile), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        }

        // sd_notify(3): a datagram to the socket that the variable names; '@' stands for an abstract one.
        if (Environment.GetEnvironmentVariable("NOTIFY_SOCKET") is { Length: > 1 } path)
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.SendTo("READY=1"u8, new UnixDomainSocketEndPoint(path[0] == '@' ? "\0" + path[1..] : path));
        }
    }
}
