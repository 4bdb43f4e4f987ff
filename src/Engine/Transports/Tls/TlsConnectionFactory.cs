using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Engine.Transports;

/// <summary>Dials through another factory and speaks TLS as a client on what it yields.</summary>
/// <remarks>Thread-safe. The options are read at every handshake.</remarks>
public sealed class TlsConnectionFactory : IConnectionFactory
{
    private readonly IConnectionFactory _inner;
    private readonly TlsClientOptions _options;
    private readonly TimeProvider _time;

    /// <summary>Decorates <paramref name="inner"/>.</summary>
    public TlsConnectionFactory(IConnectionFactory inner, TlsClientOptions options, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(options);
        _inner = inner;
        _options = options;
        _time = timeProvider ?? TimeProvider.System;
    }

    /// <summary>Connects and shakes hands; the server name is the options' one, or else the host of <paramref name="endpoint"/>.</summary>
    /// <exception cref="ConnectFailedException">There is no connection; its kind says why.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var connection = await _inner.ConnectAsync(endpoint, cancellationToken);
        return await TlsConnection.AuthenticateAsClientAsync(
            connection, _options, _options.ServerName ?? TlsConnection.HostOf(endpoint), _time, cancellationToken);
    }
}
