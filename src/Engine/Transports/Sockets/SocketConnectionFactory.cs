using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Engine.Transports;

/// <summary>Dials TCP and Unix sockets: <see cref="IPEndPoint"/>, <see cref="DnsEndPoint"/> (its addresses raced) and Unix domain end points.</summary>
public sealed class SocketConnectionFactory : IConnectionFactory
{
    /// <summary>Creates a factory.</summary>
    public SocketConnectionFactory(SocketTransportOptions? options = null, ILoggerFactory? loggerFactory = null, TimeProvider? timeProvider = null)
    {
    }

    /// <summary>Connects.</summary>
    /// <exception cref="ConnectFailedException">There is no connection; its kind says why.</exception>
    public ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
