using System.Net;
using System.Net.Sockets;

namespace Engine.EndToEnd.Harness;

/// <summary>How a visitor's client is made: any host name, one address.</summary>
internal static class Visitor
{
    /// <summary>An HTTP/1.1 client whose every connection goes to a loopback port.</summary>
    public static HttpClient Http1(int port) => Create(port, HttpVersion.Version11);

    /// <summary>An HTTP/2 client with prior knowledge, in cleartext unless the address says https.</summary>
    public static HttpClient Http2(int port) => Create(port, HttpVersion.Version20);

    public static HttpClient Create(int port, Version version) => new(Handler(port))
    {
        DefaultRequestVersion = version,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public static SocketsHttpHandler Handler(int port) => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        EnableMultipleHttp2Connections = false,
        SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true },
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    };
}
