using System.Buffers;
using System.IO.Pipelines;
using Engine.Http2.Frames;

namespace Engine.Http2.Receiving;

/// <summary>Reads the transport and takes frames off it, one at a time, until the connection is over.</summary>
/// <remarks>One loop a connection. Handlers run inline in it, and their answers leave together when a read is worked through.</remarks>
internal sealed class ReceiveLoop
{
    private readonly Http2Connection _connection;
    private readonly PipeReader _input;
    private readonly FrameDispatcher _dispatcher;
    private readonly int _maxFrameSize;
    private bool _needsPreface;

    public ReceiveLoop(Http2Connection connection, PipeReader input, FrameDispatcher dispatcher, Http2ConnectionOptions options)
    {
        _connection = connection;
        _input = input;
        _dispatcher = dispatcher;
        _maxFrameSize = options.MaxFrameSize;
        _needsPreface = connection.Role == Http2Role.Server;
    }

    /// <summary>What a client sends first (RFC 9113 §3.4).</summary>
    public static ReadOnlySpan<byte> Preface => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>Runs until the connection has ended; the connection knows how.</summary>
    public async Task RunAsync()
    {
        while (!_connection.HasEnded)
        {
            ReadResult result;
            try
            {
                result = await _input.ReadAsync();
            }
            catch (Exception exception)
            {
                _connection.Conclude(new Http2ConnectionEnd(Http2EndedBy.Transport, Http2ErrorCode.NoError, exception.Message, exception));
                return;
            }

            var rest = Receive(result.Buffer, out var isStopped);
            _input.AdvanceTo(rest.Start, isStopped ? rest.Start : rest.End);
            if (isStopped)
            {
                await WaitForRoomAsync();
            }
            else if (result.IsCompleted && !_connection.HasEnded)
            {
                _connection.Conclude(EndOfInput(isTruncated: !rest.IsEmpty));
            }
        }
    }

    /// <summary>Works through one read.</summary>
    /// <param name="buffer">What was read.</param>
    /// <param name="isStopped">Whether there may be whole frames left, because the peer must read its answers first.</param>
    /// <returns>What is left.</returns>
    private ReadOnlySequence<byte> Receive(ReadOnlySequence<byte> buffer, out bool isStopped)
    {
        isStopped = false;
        _connection.Sender.Cork();
        try
        {
            lock (_connection.Gate)
            {
                _connection.Liveness.Received();
            }

            while (!isStopped && !_connection.HasEnded && TryReceiveOne(ref buffer))
            {
                _connection.Wakes.Run();
                _connection.Sender.FlushWhenFull();
                isStopped = _connection.Sender.IsBacklogged;
            }
        }
        catch (Http2ConnectionException exception)
        {
            _connection.Conclude(new Http2ConnectionEnd(Http2EndedBy.Local, exception.ErrorCode, exception.Message, exception));
        }
        finally
        {
            _connection.Sender.Uncork();
        }

        return buffer;
    }

    private bool TryReceiveOne(ref ReadOnlySequence<byte> buffer)
    {
        if (_needsPreface)
        {
            return TryReceivePreface(ref buffer);
        }

        if (!FrameHeader.TryRead(buffer, out var header))
        {
            return false;
        }

        _dispatcher.Judge(header, _maxFrameSize);
        var size = FrameHeader.Size + (long)header.Length;
        if (buffer.Length < size)
        {
            return false;
        }

        _dispatcher.Dispatch(header, buffer.Slice(FrameHeader.Size, header.Length));
        buffer = buffer.Slice(size);
        return true;
    }

    private bool TryReceivePreface(ref ReadOnlySequence<byte> buffer)
    {
        Span<byte> start = stackalloc byte[Preface.Length];
        var length = (int)Math.Min(buffer.Length, Preface.Length);
        buffer.Slice(0, length).CopyTo(start);
        if (!start[..length].SequenceEqual(Preface[..length]))
        {
            throw new Http2ConnectionException(Http2ErrorCode.ProtocolError, "the peer does not speak HTTP/2: its first octets are no connection preface");
        }

        if (length < Preface.Length)
        {
            return false;
        }

        buffer = buffer.Slice(length);
        _needsPreface = false;
        return true;
    }

    private Http2ConnectionEnd EndOfInput(bool isTruncated)
    {
        var open = _connection.ActiveStreamCount;
        var fault = isTruncated ? "The connection ended in the middle of a frame."
            : open > 0 ? $"The peer closed the connection while {open} streams were open."
            : null;
        var exception = fault is null ? null : new EndOfStreamException(fault);
        return _connection.Drain.PeerCode is { } code
            ? new Http2ConnectionEnd(Http2EndedBy.Peer, code, $"The peer went away: {_connection.Drain.PeerReason}", exception)
            : new Http2ConnectionEnd(Http2EndedBy.Peer, Http2ErrorCode.NoError, fault ?? "The peer closed the connection.", exception);
    }

    private async Task WaitForRoomAsync()
    {
        lock (_connection.Gate)
        {
            _connection.Liveness.BacklogIsFull(true);
        }

        await _connection.Sender.WhenRoomAsync();
        lock (_connection.Gate)
        {
            _connection.Liveness.BacklogIsFull(false);
        }
    }
}
