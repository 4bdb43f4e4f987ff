using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Engine.Transports;

/// <summary>Listens through another factory and speaks TLS as a server on what it yields.</summary>
/// <remarks>Handshakes run beside each other: a slow one delays no other connection.</remarks>
public sealed class TlsConnectionListenerFactory : IConnectionListenerFactory
{
    /// <summary>Decorates <paramref name="inner"/>.</summary>
    public TlsConnectionListenerFactory(IConnectionListenerFactory inner, TlsServerOptions options, ILoggerFactory? loggerFactory = null, TimeProvider? timeProvider = null)
    {
    }

    /// <summary>Listens on an end point.</summary>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
