using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Engine.Transports;

/// <summary>Listens on TCP and Unix sockets.</summary>
public sealed class SocketConnectionListenerFactory : IConnectionListenerFactory
{
    /// <summary>Creates a factory.</summary>
    public SocketConnectionListenerFactory(SocketTransportOptions? options = null, ILoggerFactory? loggerFactory = null, TimeProvider? timeProvider = null)
    {
    }

    /// <summary>Listens on an end point; port 0 takes a free one, told by the listener's EndPoint.</summary>
    /// <exception cref="AddressInUseException">Another socket listens there.</exception>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
