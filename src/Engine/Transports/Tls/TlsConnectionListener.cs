using System.Net;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Engine.Transports;

/// <summary>Accepts below, shakes hands beside each other, and yields what succeeded in the order of success.</summary>
/// <remarks>Owns the listener below and every connection until it is yielded. One loop accepts; each handshake is a task of its own, their number bounded.</remarks>
internal sealed class TlsConnectionListener : IConnectionListener
{
    private readonly IConnectionListener _inner;
    private readonly TlsServerOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Channel<ConnectionContext> _ready;
    private readonly SemaphoreSlim _slots;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    public TlsConnectionListener(IConnectionListener inner, TlsServerOptions options, ILogger logger, TimeProvider time)
    {
        _inner = inner;
        _options = options;
        _logger = logger;
        _time = time;
        _slots = new SemaphoreSlim(Math.Max(1, options.MaxConcurrentHandshakes));
        _ready = Channel.CreateUnbounded<ConnectionContext>(new UnboundedChannelOptions { SingleReader = false, SingleWriter = false });
        _loop = AcceptLoopAsync();
    }

    public EndPoint EndPoint => _inner.EndPoint;

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (await _ready.Reader.WaitToReadAsync(cancellationToken))
        {
            if (_ready.Reader.TryRead(out var connection))
            {
                // The slot is held until here, so that a slow caller bounds what waits for it.
                _slots.Release();
                return connection;
            }
        }

        return null;
    }

    public async ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        await _stop.CancelAsync();
        await _inner.UnbindAsync(cancellationToken);
        await _loop.WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await UnbindAsync();
        while (_ready.Reader.TryRead(out var connection))
        {
            await connection.DisposeAsync();
        }

        await _inner.DisposeAsync();
    }

    private async Task AcceptLoopAsync()
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            while (true)
            {
                await _slots.WaitAsync(_stop.Token);
                if (await _inner.AcceptAsync(_stop.Token) is not { } connection)
                {
                    break;
                }

                _ = HandshakeAsync(connection);
            }

            _ready.Writer.TryComplete();
        }
        catch (OperationCanceledException)
        {
            _ready.Writer.TryComplete();
        }
        catch (Exception exception)
        {
            _ready.Writer.TryComplete(exception);
        }
    }

    private async Task HandshakeAsync(ConnectionContext connection)
    {
        try
        {
            var session = await TlsConnection.AuthenticateAsServerAsync(connection, _options, _stop.Token, _time);
            if (_ready.Writer.TryWrite(session))
            {
                return;
            }

            await session.DisposeAsync();
        }
        catch (Exception exception)
        {
            TransportLog.HandshakeFailed(_logger, connection.RemoteEndPoint, exception.Message);
        }

        _slots.Release();
    }
}
