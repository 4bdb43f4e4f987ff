using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Engine.Transports;
using Microsoft.AspNetCore.Connections;

namespace Engine.Tests.Transports;

public sealed class MemoryConnectionTests : ConnectionContract
{
    protected override Task<ConnectionPair> ConnectAsync()
    {
        var (first, second) = MemoryConnection.CreatePair();
        return Task.FromResult(new ConnectionPair(first, second));
    }
}

public sealed class TcpConnectionTests : ConnectionContract
{
    protected override Task<ConnectionPair> ConnectAsync() =>
        TransportPairs.ConnectAsync(new SocketConnectionListenerFactory(), new SocketConnectionFactory(), new IPEndPoint(IPAddress.Loopback, 0));
}

public sealed class Tcp6ConnectionTests : ConnectionContract
{
    protected override Task<ConnectionPair> ConnectAsync() =>
        TransportPairs.ConnectAsync(new SocketConnectionListenerFactory(), new SocketConnectionFactory(), new IPEndPoint(IPAddress.IPv6Loopback, 0));
}

public sealed class UnixConnectionTests : ConnectionContract
{
    protected override bool ResetIsVisible => false;

    protected override Task<ConnectionPair> ConnectAsync() => TransportPairs.ConnectAsync(
        new SocketConnectionListenerFactory(),
        new SocketConnectionFactory(),
        new UnixDomainSocketEndPoint(Path.Combine(Path.GetTempPath(), $"engine-{Guid.NewGuid():N}.sock")));
}

public sealed class Tls13ConnectionTests : ConnectionContract
{
    protected override Task<ConnectionPair> ConnectAsync() => TransportPairs.ConnectTlsAsync(SslProtocols.Tls13);
}

public sealed class Tls12ConnectionTests : ConnectionContract
{
    protected override Task<ConnectionPair> ConnectAsync() => TransportPairs.ConnectTlsAsync(SslProtocols.Tls12);
}

public sealed class TlsOverMemoryConnectionTests : ConnectionContract
{
    protected override async Task<ConnectionPair> ConnectAsync()
    {
        var (first, second) = MemoryConnection.CreatePair();
        var server = TlsConnection.AuthenticateAsServerAsync(second, TestCertificates.ServerOptions()).AsTask();
        var client = TlsConnection.AuthenticateAsClientAsync(first, TestCertificates.ClientOptions());
        return new ConnectionPair(await client, await server.WaitAsync(Deadline));
    }
}

/// <summary>Connected pairs over real sockets.</summary>
internal static class TransportPairs
{
    public static async Task<ConnectionPair> ConnectAsync(IConnectionListenerFactory listeners, IConnectionFactory connections, EndPoint at)
    {
        var listener = await listeners.BindAsync(at);
        var accepting = listener.AcceptAsync().AsTask();
        var client = await connections.ConnectAsync(listener.EndPoint);
        var server = await accepting.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.NotNull(server);
        return new ConnectionPair(client, server, listener);
    }

    public static Task<ConnectionPair> ConnectTlsAsync(SslProtocols protocol)
    {
        var server = TestCertificates.ServerOptions();
        server.Protocols = protocol;
        return ConnectAsync(
            new TlsConnectionListenerFactory(new SocketConnectionListenerFactory(), server),
            new TlsConnectionFactory(new SocketConnectionFactory(), TestCertificates.ClientOptions()),
            new IPEndPoint(IPAddress.Loopback, 0));
    }
}
