using System.Net;
using Engine.Transports;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Engine.Hosting.Status;

/// <summary>Answers <c>/ready</c> and <c>/healthcheck</c> on a local address, over our own HTTP/1.1.</summary>
/// <remarks>
/// Bounded in connections and in time, so that whoever reaches the address can cost little. Started once; owned by its host.
/// </remarks>
internal sealed partial class StatusServer : IAsyncDisposable
{
    /// <summary>The ports that the reference tries, in this order, when no address is given.</summary>
    public const int FirstPort = 20241;
    public const int LastPort = 20245;

    private const int MaxConnections = 64;

    private readonly StatusResponder _responder;
    private readonly ILogger _log;
    private readonly ILoggerFactory _loggerFactory;
    private readonly CancellationTokenSource _stop = new();
    private readonly TimeProvider _time;
    private IConnectionListener? _listener;
    private Task _accepting = Task.CompletedTask;
    private int _connections;

    public StatusServer(Func<ReadyStatus> status, ILoggerFactory loggerFactory, TimeProvider time)
    {
        _responder = new StatusResponder(status);
        _loggerFactory = loggerFactory;
        _log = loggerFactory.CreateLogger<StatusServer>();
        _time = time;
    }

    /// <summary>The address taken.</summary>
    /// <exception cref="InvalidOperationException">The server was not started.</exception>
    public IPEndPoint EndPoint => _listener?.EndPoint as IPEndPoint ?? throw new InvalidOperationException("The status server was not started.");

    /// <summary>Takes the address, or the first free one of the usual ports, or any.</summary>
    /// <exception cref="IOException">The address is not to be had.</exception>
    public async Task StartAsync(IPEndPoint? endPoint, CancellationToken cancellationToken)
    {
        var factory = new SocketConnectionListenerFactory(loggerFactory: _loggerFactory);
        _listener = endPoint is not null
            ? await factory.BindAsync(endPoint, cancellationToken)
            : await BindFirstFreeAsync(factory, cancellationToken);
        _accepting = AcceptAsync(_listener);
        Started(_log, _listener.EndPoint);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (_listener is not null)
        {
            await _listener.UnbindAsync();
            await _listener.DisposeAsync();
        }

        await _accepting;
    }

    private static async Task<IConnectionListener> BindFirstFreeAsync(SocketConnectionListenerFactory factory, CancellationToken cancellationToken)
    {
        for (var port = FirstPort; port <= LastPort; port++)
        {
            try
            {
                return await factory.BindAsync(new IPEndPoint(IPAddress.Loopback, port), cancellationToken);
            }
            catch (AddressInUseException)
            {
                // Another connector on this machine has it: the next one.
            }
        }

        return await factory.BindAsync(new IPEndPoint(IPAddress.Loopback, 0), cancellationToken);
    }

    private async Task AcceptAsync(IConnectionListener listener)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        while (!_stop.IsCancellationRequested)
        {
            ConnectionContext? connection;
            try
            {
                connection = await listener.AcceptAsync(_stop.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }

            if (connection is null)
            {
                return;
            }

            if (Interlocked.Increment(ref _connections) > MaxConnections)
            {
                Interlocked.Decrement(ref _connections);
                connection.Abort(new ConnectionAbortedException("Too many connections to the status server."));
                await connection.DisposeAsync();
                continue;
            }

            _ = ServeAsync(connection);
        }
    }

    /// <summary>Runs on its own; every failure ends here and costs this connection only.</summary>
    private async Task ServeAsync(ConnectionContext connection)
    {
        try
        {
            await using (connection)
            {
                await _responder.RunAsync(connection.Transport, _time, _stop.Token);
            }
        }
        catch (Exception exception)
        {
            Failed(_log, exception.Message);
        }
        finally
        {
            Interlocked.Decrement(ref _connections);
        }
    }

    [LoggerMessage(8000, LogLevel.Information, "Starting metrics server on {address}")]
    private static partial void Started(ILogger logger, EndPoint address);

    [LoggerMessage(8001, LogLevel.Debug, "A connection to the metrics server failed: {reason}")]
    private static partial void Failed(ILogger logger, string reason);
}
