using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Engine.Transports;

/// <summary>Listens through another factory and speaks TLS as a server on what it yields.</summary>
/// <remarks>Handshakes run beside each other: a slow one delays no other connection.</remarks>
public sealed class TlsConnectionListenerFactory : IConnectionListenerFactory
{
    private readonly IConnectionListenerFactory _inner;
    private readonly TlsServerOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;

    /// <summary>Decorates <paramref name="inner"/>.</summary>
    public TlsConnectionListenerFactory(
        IConnectionListenerFactory inner, TlsServerOptions options, ILoggerFactory? loggerFactory = null, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(inner);
        ArgumentNullException.ThrowIfNull(options);
        _inner = inner;
        _options = options;
        _logger = loggerFactory?.CreateLogger<TlsConnectionListenerFactory>() ?? (ILogger)NullLogger.Instance;
        _time = timeProvider ?? TimeProvider.System;
    }

    /// <summary>Listens on an end point; a connection whose handshake fails is logged at Debug and never yielded.</summary>
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var listener = await _inner.BindAsync(endpoint, cancellationToken);
        return new TlsConnectionListener(listener, _options, _logger, _time);
    }
}
