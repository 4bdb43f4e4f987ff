using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Engine.Transports;

/// <summary>A connected stream socket.</summary>
/// <remarks>
/// Owns the socket. Completing the output sends FIN and nothing else; aborting resets (a Unix socket knows no reset: its peer sees an
/// end, unless it had sent something that was not read). A reset by the peer is noticed by a read or a flush, not between them.
/// </remarks>
internal sealed class SocketConnection : TransportConnection
{
    // What a peer may still send after we have closed before it is cut off.
    private const int LingerBytes = 1024 * 1024;

    private readonly Socket _socket;
    private readonly SocketPipeReader _reader;
    private readonly SocketPipeWriter _writer;
    private readonly TimeSpan _lingerTimeout;
    private readonly TimeProvider _time;
    private int _disposed;

    public SocketConnection(Socket socket, SocketTransportOptions options, TimeProvider time, EndPoint? remote = null)
    {
        _socket = socket;
        _lingerTimeout = options.LingerTimeout;
        _time = time;
        _reader = new SocketPipeReader(this, socket);
        _writer = new SocketPipeWriter(this, socket);
        Transport = new DuplexPipe(_reader, _writer);
        LocalEndPoint = Unmap(socket.LocalEndPoint);
        RemoteEndPoint = Unmap(remote ?? socket.RemoteEndPoint);
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        ArgumentNullException.ThrowIfNull(abortReason);
        if (TrySetFault(abortReason))
        {
            Close(reset: true);
            _writer.Interrupt();
            FireClosed();
        }
    }

    /// <summary>Ends the output if it has not ended, then closes; while the peer still sends, that is dropped for a bounded time first.</summary>
    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        if (Fault is null)
        {
            await EndOutputAsync();
        }

        var mayLinger = Fault is null && !_reader.HasEnded && _lingerTimeout > TimeSpan.Zero;
        TrySetFault(new ConnectionAbortedException("The connection is disposed."));
        _reader.CancelPendingRead();
        _reader.Complete();
        _writer.Release();
        FireClosed();
        if (mayLinger)
        {
            _ = LingerAsync();
        }
        else
        {
            Close(reset: false);
        }
    }

    // A peer that does not read must not hold the one who closes: after the linger time-out what is left is cut off by a reset.
    private async ValueTask EndOutputAsync()
    {
        var end = _writer.CompleteAsync().AsTask();
        if (end.IsCompleted)
        {
            return;
        }

        try
        {
            await end.WaitAsync(_lingerTimeout > TimeSpan.Zero ? _lingerTimeout : TimeSpan.FromMilliseconds(1), _time);
        }
        catch (TimeoutException)
        {
            Abort(new ConnectionAbortedException("The peer did not take the last bytes before the connection was disposed."));
        }
    }

    private async Task LingerAsync()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(4096);
        using var timeout = new CancellationTokenSource(_lingerTimeout, _time);
        try
        {
            for (var left = LingerBytes; left > 0;)
            {
                await _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, timeout.Token);
                var dropped = await _socket.ReceiveAsync(buffer, SocketFlags.None, timeout.Token);
                if (dropped == 0)
                {
                    break;
                }

                left -= dropped;
            }
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The peer is gone or the time is over; either way the socket is closed now.
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
            Close(reset: false);
        }
    }

    private void Close(bool reset)
    {
        if (reset)
        {
            _socket.Close(0);
        }
        else
        {
            _socket.Dispose();
        }
    }

    private static EndPoint? Unmap(EndPoint? endPoint) => endPoint is IPEndPoint { Address.IsIPv4MappedToIPv6: true } mapped
        ? new IPEndPoint(mapped.Address.MapToIPv4(), mapped.Port)
        : endPoint;
}
