using System.Net;
using System.Net.Sockets;

namespace Engine.Transports;

/// <summary>Makes sockets as the options say.</summary>
internal static class SocketSettings
{
    public static Socket Create(AddressFamily family) => family == AddressFamily.Unix
        ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
        : new Socket(family, SocketType.Stream, ProtocolType.Tcp);

    public static void Apply(Socket socket, SocketTransportOptions options)
    {
        if (options.ReceiveBufferSize is { } receive)
        {
            socket.ReceiveBufferSize = receive;
        }

        if (options.SendBufferSize is { } send)
        {
            socket.SendBufferSize = send;
        }

        if (socket.AddressFamily == AddressFamily.Unix)
        {
            return;
        }

        socket.NoDelay = options.NoDelay;
        if (options.KeepAliveTime <= TimeSpan.Zero)
        {
            return;
        }

        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, Seconds(options.KeepAliveTime));
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, Seconds(options.KeepAliveInterval));
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, Math.Max(1, options.KeepAliveProbes));
    }

    public static bool Fits(IPAddress address, SocketTransportOptions options) =>
        options.BindAddress is not { } bind || bind.AddressFamily == address.AddressFamily;

    private static int Seconds(TimeSpan time) => (int)Math.Clamp(Math.Ceiling(time.TotalSeconds), 1, 32767);
}
