using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Engine.Origins;
using Engine.Transports;
using Microsoft.AspNetCore.Connections;

namespace Engine.Protocols.Http.Pooling;

/// <summary>Makes connections to one origin as its options have it: transport, time-outs, TLS.</summary>
internal sealed class OriginDialer
{
    private readonly EndPoint _endPoint;
    private readonly IConnectionFactory _factory;

    /// <exception cref="ConnectFailedException">The origin's <c>caPool</c> cannot be read.</exception>
    public OriginDialer(OriginKey key, HttpOriginOptions options)
    {
        var origin = key.Origin;
        _endPoint = origin.EndPoint ?? throw new InvalidOperationException($"The service {origin} has no address.");
        _factory = options.Transport?.Invoke(origin) ?? Sockets(origin.Options, options);
        if (origin.IsTls)
        {
            _factory = new TlsConnectionFactory(_factory, Tls(key), options.TimeProvider);
        }
    }

    public ValueTask<ConnectionContext> ConnectAsync(CancellationToken cancellationToken) => _factory.ConnectAsync(_endPoint, cancellationToken);

    private static SocketConnectionFactory Sockets(OriginOptions origin, HttpOriginOptions options)
    {
        var sockets = new SocketTransportOptions
        {
            ConnectTimeout = OrNone(origin.ConnectTimeout),
            KeepAliveTime = origin.TcpKeepAlive,
            HappyEyeballs = !origin.NoHappyEyeballs,
        };
        if (origin.TcpKeepAlive > TimeSpan.Zero)
        {
            sockets.KeepAliveInterval = origin.TcpKeepAlive;
        }

        return new SocketConnectionFactory(sockets, options.LoggerFactory, options.TimeProvider);
    }

    private static TlsClientOptions Tls(OriginKey key)
    {
        var options = key.Origin.Options;
        return new TlsClientOptions
        {
            // A Unix socket has no host: cloudflared asks for localhost there.
            ServerName = options.OriginServerName ?? key.ServerName ?? key.Origin.Host ?? "localhost",
            Roots = options.CaPool is null ? null : LoadPool(key.Origin, options.CaPool),
            AddRootsToSystem = true,
            SkipVerification = options.NoTlsVerify,
            ApplicationProtocols = [SslApplicationProtocol.Http11],
            HandshakeTimeout = OrNone(options.TlsTimeout),
        };
    }

    private static X509Certificate2Collection LoadPool(Origin origin, string path)
    {
        var pool = new X509Certificate2Collection();
        try
        {
            pool.ImportFromPemFile(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new ConnectFailedException(
                TlsFailureReason.UntrustedRoot, origin.EndPoint, $"caPool '{path}' cannot be read: {exception.Message} Name a readable PEM file.", exception);
        }

        return pool.Count > 0
            ? pool
            : throw new ConnectFailedException(TlsFailureReason.UntrustedRoot, origin.EndPoint, $"caPool '{path}' holds no certificate. Name a PEM file with at least one.");
    }

    private static TimeSpan OrNone(TimeSpan limit) => limit == TimeSpan.Zero ? Timeout.InfiniteTimeSpan : limit;
}
