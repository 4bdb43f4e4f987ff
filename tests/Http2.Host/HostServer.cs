using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Engine.Transports;
using Microsoft.AspNetCore.Connections;

namespace Engine.Http2.Host;

/// <summary>The engine's HTTP/2 server role on loopback, with nothing above it: for outside tools to be pointed at.</summary>
public sealed class HostServer : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<Http2ConnectionOptions> _http2;
    private readonly List<IConnectionListener> _listeners = [];
    private readonly List<Task> _loops = [];

    private HostServer(Func<Http2ConnectionOptions> http2) => _http2 = http2;

    /// <summary>The port that speaks cleartext HTTP/2 with prior knowledge.</summary>
    public int Port { get; private set; }

    /// <summary>The port that speaks HTTP/2 over TLS, if there is one.</summary>
    public int? TlsPort { get; private set; }

    /// <summary>Listens and answers until disposed.</summary>
    public static async Task<HostServer> StartAsync(HostOptions options, Func<Http2ConnectionOptions>? http2 = null)
    {
        var server = new HostServer(http2 ?? (() =>
        {
            var profile = Http2ConnectionOptions.Public();
            profile.MaxConcurrentStreams = options.Streams;
            return profile;
        }));
        var sockets = new SocketConnectionListenerFactory();
        server.Port = await server.ListenAsync(sockets, options.Port);
        if (options.TlsPort is { } tlsPort)
        {
            server.TlsPort = await server.ListenAsync(new TlsConnectionListenerFactory(sockets, TlsOptions()), tlsPort);
        }

        return server;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (var listener in _listeners)
        {
            await listener.DisposeAsync();
        }

        await Task.WhenAll(_loops);
        _stop.Dispose();
    }

    private async Task<int> ListenAsync(IConnectionListenerFactory factory, int port)
    {
        var listener = await factory.BindAsync(new IPEndPoint(IPAddress.Loopback, port));
        _listeners.Add(listener);
        _loops.Add(AcceptAsync(listener));
        return ((IPEndPoint)listener.EndPoint).Port;
    }

    private async Task AcceptAsync(IConnectionListener listener)
    {
        var connections = new List<Task>();
        while (await listener.AcceptAsync() is { } transport)
        {
            connections.RemoveAll(connection => connection.IsCompleted);
            connections.Add(Answers.ServeAsync(new Http2Connection(transport, Http2Role.Server, _http2()), _stop.Token));
        }

        await Task.WhenAll(connections);
    }

    private static TlsServerOptions TlsOptions()
    {
        var context = SslStreamCertificateContext.Create(SelfSigned(), additionalCertificates: null, offline: true);
        return new TlsServerOptions
        {
            CertificateSelector = _ => context,
            ApplicationProtocols = [SslApplicationProtocol.Http2],
        };
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = DateTimeOffset.UtcNow;
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
    }
}
