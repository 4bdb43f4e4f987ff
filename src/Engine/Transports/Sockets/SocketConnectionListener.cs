using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Engine.Transports;

/// <summary>A listening socket. Owns it and, for a Unix socket, its file.</summary>
internal sealed class SocketConnectionListener : IConnectionListener
{
    private static readonly TimeSpan LeastPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan GreatestPause = TimeSpan.FromSeconds(1);

    // A peer that resets before it is accepted fails one accept; so many in a row are something else, and not to be spun on.
    private const int FailuresInARow = 16;

    private readonly Socket _socket;
    private readonly SocketTransportOptions _options;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _unbound = new();
    private int _isUnbound;

    public SocketConnectionListener(Socket socket, SocketTransportOptions options, ILogger logger, TimeProvider time)
    {
        _socket = socket;
        _options = options;
        _logger = logger;
        _time = time;
        EndPoint = socket.LocalEndPoint!;
    }

    public EndPoint EndPoint { get; }

    /// <summary>The next connection, or null once unbound. Nothing that a single peer or a shortage does ends it.</summary>
    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        var pause = LeastPause;
        var failures = 0;
        while (Volatile.Read(ref _isUnbound) == 0)
        {
            Socket? socket = null;
            try
            {
                socket = await _socket.AcceptAsync(cancellationToken);
                SocketSettings.Apply(socket, _options);
                return new SocketConnection(socket, _options, _time);
            }
            catch (SocketException exception) when (Volatile.Read(ref _isUnbound) == 0)
            {
                socket?.Dispose();
                failures++;
                if (SocketErrors.IsExhaustion(exception) || failures > FailuresInARow)
                {
                    TransportLog.AcceptPaused(_logger, EndPoint, pause, exception.Message);
                    await PauseAsync(pause, cancellationToken);
                    pause = pause * 2 < GreatestPause ? pause * 2 : GreatestPause;
                }
                else
                {
                    TransportLog.AcceptFailed(_logger, EndPoint, exception.Message);
                }
            }
            catch (Exception exception) when (exception is ObjectDisposedException or SocketException && Volatile.Read(ref _isUnbound) != 0)
            {
                socket?.Dispose();
            }
        }

        return null;
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _isUnbound, 1) == 0)
        {
            _unbound.Cancel();
            _socket.Dispose();
            if (EndPoint is UnixDomainSocketEndPoint)
            {
                UnixSocketFile.Remove(EndPoint.ToString()!);
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => UnbindAsync();

    private async ValueTask PauseAsync(TimeSpan pause, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(pause, _time, cancellationToken).WaitAsync(_unbound.Token);
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }
}
