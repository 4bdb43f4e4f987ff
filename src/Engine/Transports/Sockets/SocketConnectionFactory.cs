using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Engine.Transports;

/// <summary>Dials TCP and Unix sockets: <see cref="IPEndPoint"/>, <see cref="DnsEndPoint"/> (its addresses raced) and Unix domain end points.</summary>
/// <remarks>Thread-safe. A connection belongs to the caller; a factory holds none and needs no disposing.</remarks>
public sealed class SocketConnectionFactory : IConnectionFactory
{
    private readonly SocketTransportOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;

    /// <summary>Creates a factory.</summary>
    public SocketConnectionFactory(SocketTransportOptions? options = null, ILoggerFactory? loggerFactory = null, TimeProvider? timeProvider = null)
    {
        _options = options ?? new SocketTransportOptions();
        _logger = loggerFactory?.CreateLogger<SocketConnectionFactory>() ?? (ILogger)NullLogger.Instance;
        _time = timeProvider ?? TimeProvider.System;
    }

    /// <summary>Connects, within <see cref="SocketTransportOptions.ConnectTimeout"/>.</summary>
    /// <exception cref="ConnectFailedException">There is no connection; its kind says why.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        using var deadline = new CancellationTokenSource(_options.ConnectTimeout, _time);
        using var link = cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), deadline);
        try
        {
            var socket = endpoint switch
            {
                DnsEndPoint dns => await ConnectNameAsync(dns, deadline.Token),
                IPEndPoint or UnixDomainSocketEndPoint => await ConnectOneAsync(endpoint, deadline.Token),
                _ => throw new NotSupportedException($"A {endpoint.GetType().Name} can't be dialled by sockets."),
            };
            var connection = new SocketConnection(socket, _options, _time, endpoint is UnixDomainSocketEndPoint ? endpoint : null);
            TransportLog.Connected(_logger, connection.ConnectionId, connection.RemoteEndPoint);
            return connection;
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ConnectFailedException(
                ConnectFailure.TimedOut,
                endpoint,
                $"Could not connect to {SocketErrors.Format(endpoint)}: no answer within {_options.ConnectTimeout.TotalSeconds:0.###} s (is a firewall in between?).",
                exception);
        }
        catch (OperationCanceledException)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (SocketException exception)
        {
            throw Failed(endpoint, exception);
        }
    }

    private async Task<Socket> ConnectNameAsync(DnsEndPoint endPoint, CancellationToken cancellationToken)
    {
        var resolved = await NameResolution.ResolveAsync(endPoint.Host, _options, cancellationToken);
        var addresses = AddressOrder.Interleave(resolved, _options);
        if (addresses.Count == 0)
        {
            var why = resolved.Length == 0 ? "the name has no address" : "none of its addresses is of a family that can be used here";
            throw new ConnectFailedException(ConnectFailure.NameNotFound, endPoint, $"Could not connect to {SocketErrors.Format(endPoint)}: {why}.");
        }

        var race = new AddressRace<Socket>(
            (address, token) => ConnectOneAsync(new IPEndPoint(address, endPoint.Port), token),
            static socket => socket.Dispose(),
            _options.HappyEyeballs ? _options.HappyEyeballsDelay : Timeout.InfiniteTimeSpan,
            _time);
        return await race.RunAsync(addresses, cancellationToken) ?? throw NameFailed(endPoint, race.Failures);
    }

    private async Task<Socket> ConnectOneAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        var socket = SocketSettings.Create(endPoint.AddressFamily);
        try
        {
            SocketSettings.Apply(socket, _options);
            if (_options.BindAddress is { } bind && endPoint is IPEndPoint)
            {
                socket.Bind(new IPEndPoint(bind, 0));
            }

            await socket.ConnectAsync(endPoint, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static ConnectFailedException Failed(EndPoint endPoint, SocketException exception)
    {
        if (endPoint is UnixDomainSocketEndPoint && !File.Exists(endPoint.ToString()))
        {
            return new ConnectFailedException(
                ConnectFailure.NameNotFound, endPoint, $"Could not connect to {endPoint}: there is no such socket file (is the service running?).", exception);
        }

        var kind = SocketErrors.Classify(exception);
        return new ConnectFailedException(
            kind, endPoint, $"Could not connect to {SocketErrors.Format(endPoint)}: {SocketErrors.Describe(kind, exception)}.", exception);
    }

    // The kind is the most telling one: a refusal says more than a missing route of the other family.
    private static ConnectFailedException NameFailed(DnsEndPoint endPoint, List<(IPAddress Address, Exception Error)> failures)
    {
        var telling = failures[0];
        var texts = new string[failures.Count];
        for (var i = 0; i < failures.Count; i++)
        {
            var kind = SocketErrors.Classify(failures[i].Error);
            texts[i] = $"{failures[i].Address}: {SocketErrors.Describe(kind, failures[i].Error)}";
            if (Weight(kind) > Weight(SocketErrors.Classify(telling.Error)))
            {
                telling = failures[i];
            }
        }

        return new ConnectFailedException(
            SocketErrors.Classify(telling.Error), endPoint, $"Could not connect to {SocketErrors.Format(endPoint)}: {string.Join("; ", texts)}.", telling.Error);
    }

    private static int Weight(ConnectFailure kind) => kind switch
    {
        ConnectFailure.LocalLimit => 5,
        ConnectFailure.Refused => 4,
        ConnectFailure.Reset => 3,
        ConnectFailure.TimedOut => 2,
        ConnectFailure.Other => 1,
        _ => 0,
    };
}
