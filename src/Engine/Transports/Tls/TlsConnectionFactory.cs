using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Engine.Transports;

/// <summary>Dials through another factory and speaks TLS as a client on what it yields.</summary>
public sealed class TlsConnectionFactory : IConnectionFactory
{
    /// <summary>Decorates <paramref name="inner"/>.</summary>
    public TlsConnectionFactory(IConnectionFactory inner, TlsClientOptions options, TimeProvider? timeProvider = null)
    {
    }

    /// <summary>Connects and shakes hands.</summary>
    /// <exception cref="ConnectFailedException">There is no connection; its kind says why.</exception>
    public ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
