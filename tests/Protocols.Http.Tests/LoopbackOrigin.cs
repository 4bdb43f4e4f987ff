using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Engine.Origins;
using Engine.Testing;
using Engine.Transports;
using Microsoft.AspNetCore.Connections;

namespace Engine.Protocols.Http.Tests;

/// <summary>A handler and a listener on real sockets, with or without TLS, that the test scripts.</summary>
internal sealed class LoopbackOrigin : IAsyncDisposable
{
    private readonly IConnectionListener _listener;

    private LoopbackOrigin(IConnectionListener listener, HttpOriginHandler handler, Origin origin)
    {
        _listener = listener;
        Handler = handler;
        Origin = origin;
    }

    public static X509Certificate2 Root { get; } = MakeRoot();

    public HttpOriginHandler Handler { get; }

    public Origin Origin { get; }

    public static async Task<LoopbackOrigin> StartAsync(Func<EndPoint, string> service, OriginOptions? options = null, EndPoint? at = null, string[]? names = null, Action<string?>? onServerName = null)
    {
        IConnectionListenerFactory factory = new SocketConnectionListenerFactory();
        if (names is not null)
        {
            var context = SslStreamCertificateContext.Create(Issue(names), null, offline: true);
            factory = new TlsConnectionListenerFactory(factory, new TlsServerOptions
            {
                CertificateSelector = name =>
                {
                    onServerName?.Invoke(name);
                    return context;
                },
                ApplicationProtocols = [SslApplicationProtocol.Http11],
            });
        }

        var listener = await factory.BindAsync(at ?? new IPEndPoint(IPAddress.Loopback, 0));
        Assert.True(Origin.TryParse(service(listener.EndPoint), options ?? OriginOptions.Default, out var origin, out var error), error);
        return new LoopbackOrigin(listener, new HttpOriginHandler(), origin);
    }

    public async Task<ConnectionContext> AcceptAsync()
    {
        var connection = await _listener.AcceptAsync().AsTask().Within();
        Assert.NotNull(connection);
        return connection;
    }

    public async Task<ConnectionContext?> AcceptAsync(CancellationToken stop) => await _listener.AcceptAsync(stop);

    public async Task Handle(FakeTunnelStream stream)
    {
        stream.Origin = Origin;
        await Handler.OnStreamAsync(stream);
        await stream.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Handler.DisposeAsync();
        await _listener.DisposeAsync();
    }

    public static int PortOf(EndPoint endPoint) => ((IPEndPoint)endPoint).Port;

    private static X509Certificate2 MakeRoot()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Origin test root", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddYears(-1), DateTimeOffset.UtcNow.AddYears(1));
    }

    private static X509Certificate2 Issue(string[] names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=origin", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            alternatives.AddDnsName(name);
        }

        request.CertificateExtensions.Add(alternatives.Build());
        using var certificate = request.Create(Root, DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1), RandomNumberGenerator.GetBytes(16));
        return certificate.CopyWithPrivateKey(key);
    }
}
