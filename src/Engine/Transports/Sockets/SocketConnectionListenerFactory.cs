using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Engine.Transports;

/// <summary>Listens on TCP and Unix sockets.</summary>
public sealed class SocketConnectionListenerFactory : IConnectionListenerFactory
{
    private readonly SocketTransportOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;

    /// <summary>Creates a factory.</summary>
    public SocketConnectionListenerFactory(SocketTransportOptions? options = null, ILoggerFactory? loggerFactory = null, TimeProvider? timeProvider = null)
    {
        _options = options ?? new SocketTransportOptions();
        _logger = loggerFactory?.CreateLogger<SocketConnectionListenerFactory>() ?? (ILogger)NullLogger.Instance;
        _time = timeProvider ?? TimeProvider.System;
    }

    /// <summary>Listens on an end point; port 0 takes a free one, told by the listener's EndPoint.</summary>
    /// <exception cref="AddressInUseException">Another socket listens there.</exception>
    /// <exception cref="IOException">The address is not of this machine, or may not be taken.</exception>
    public async ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        var address = await ToAddressAsync(endpoint, cancellationToken);
        if (address is UnixDomainSocketEndPoint)
        {
            await UnixSocketFile.RemoveStaleAsync(address.ToString()!, cancellationToken);
        }

        var socket = SocketSettings.Create(address.AddressFamily);
        try
        {
            if (address.AddressFamily == AddressFamily.InterNetworkV6)
            {
                socket.DualMode = _options.DualStack;
            }

            socket.Bind(address);
            socket.Listen(_options.Backlog);
            return new SocketConnectionListener(socket, _options, _logger, _time);
        }
        catch (SocketException exception)
        {
            socket.Dispose();
            throw BindFailed(address, exception);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async ValueTask<EndPoint> ToAddressAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        if (endPoint is IPEndPoint { Address: var any, Port: var port } && any.Equals(IPAddress.IPv6Any) && !Socket.OSSupportsIPv6)
        {
            return new IPEndPoint(IPAddress.Any, port);
        }

        if (endPoint is not DnsEndPoint dns)
        {
            return endPoint is IPEndPoint or UnixDomainSocketEndPoint
                ? endPoint
                : throw new NotSupportedException($"Sockets can't listen on a {endPoint.GetType().Name}.");
        }

        var addresses = AddressOrder.Interleave(await NameResolution.ResolveAsync(dns.Host, _options, cancellationToken), new SocketTransportOptions());
        return addresses.Count > 0
            ? new IPEndPoint(addresses[0], dns.Port)
            : throw new IOException($"Can't listen on {SocketErrors.Format(dns)}: the name has no address.");
    }

    private static Exception BindFailed(EndPoint address, SocketException exception) => exception.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => new AddressInUseException($"Can't listen on {address}: another program listens there already.", exception),
        SocketError.AccessDenied => new IOException($"Can't listen on {address}: not permitted (a port below 1024 needs a privilege).", exception),
        SocketError.AddressNotAvailable => new IOException($"Can't listen on {address}: this machine does not have that address.", exception),
        _ => new IOException($"Can't listen on {address}: {exception.Message}.", exception),
    };
}
