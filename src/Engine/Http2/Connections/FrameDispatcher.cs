using System.Buffers;
using Engine.Http2.Frames;

namespace Engine.Http2.Connections;

/// <summary>Gives each frame to whom it concerns, after what RFC 9113 §6 asks of its size and stream id.</summary>
/// <remarks>Used by the receive loop alone; the gate is taken frame by frame, so that handlers run between them.</remarks>
internal sealed class FrameDispatcher
{
    private readonly Http2Connection _connection;
    private readonly HeadersReceiver _headers;
    private readonly AbuseMeter _abuse;
    private bool _isFirst = true;

    public FrameDispatcher(Http2Connection connection, HeadersReceiver headers, AbuseMeter abuse)
    {
        _connection = connection;
        _headers = headers;
        _abuse = abuse;
    }

    /// <summary>Judges a frame by its header alone, before its payload is waited for.</summary>
    public void Judge(in FrameHeader header, int maxFrameSize)
    {
        if (header.Length > maxFrameSize)
        {
            throw new Http2ConnectionException(Http2ErrorCode.FrameSizeError, $"a frame has {header.Length} octets, more than the {maxFrameSize} allowed");
        }

        if (_isFirst && (header.Type != FrameType.Settings || header.Has(FrameFlags.Ack)))
        {
            throw Protocol("the first frame is not SETTINGS"); // §3.4
        }

        if (_headers.IsAssembling != 0 && (header.Type != FrameType.Continuation || header.StreamId != _headers.IsAssembling))
        {
            throw Protocol("a field block was interrupted"); // §4.3
        }
    }

    /// <summary>Handles a whole frame.</summary>
    /// <exception cref="Http2ConnectionException">The frame is a connection error.</exception>
    public void Dispatch(in FrameHeader header, in ReadOnlySequence<byte> payload)
    {
        _isFirst = false;
        try
        {
            lock (_connection.Gate)
            {
                if (!_connection.HasEnded)
                {
                    Route(header, payload);
                }
            }
        }
        catch (Http2StreamException exception)
        {
            _connection.ResetForError(exception);
            _abuse.CountReset();
        }
    }

    private void Route(in FrameHeader header, in ReadOnlySequence<byte> payload)
    {
        switch (header.Type)
        {
            case FrameType.Data:
                ReceiveData(header, payload);
                break;
            case FrameType.Headers:
                _headers.ReceiveHeaders(header, payload);
                break;
            case FrameType.Continuation:
                _headers.ReceiveContinuation(header, payload);
                break;
            case FrameType.Priority:
                ReceivePriority(header, payload);
                break;
            case FrameType.RstStream:
                ReceiveReset(header, payload);
                break;
            case FrameType.Settings:
                ReceiveSettings(header, payload);
                break;
            case FrameType.PushPromise:
                throw Protocol("PUSH_PROMISE is never allowed here"); // §8.4: clients can't push, and we announced ENABLE_PUSH = 0.
            case FrameType.Ping:
                ReceivePing(header, payload);
                break;
            case FrameType.GoAway:
                ReceiveGoAway(header, payload);
                break;
            case FrameType.WindowUpdate:
                ReceiveWindowUpdate(header, payload);
                break;
            default:
                _abuse.CountIgnoredFrame(); // §5.5
                break;
        }
    }

    private void ReceiveData(in FrameHeader header, in ReadOnlySequence<byte> payload)
    {
        RequireStream(header);
        var body = payload;
        if (header.Has(FrameFlags.Padded) && !FramePayload.TryRemovePadding(ref body))
        {
            throw Protocol("the padding is longer than the DATA frame"); // §6.1
        }

        RequireUsed(header);
        if (!_connection.Flow.TryTake(header.Length))
        {
            throw new Http2ConnectionException(Http2ErrorCode.FlowControlError, "DATA exceeds the connection's window");
        }

        var endStream = header.Has(FrameFlags.EndStream);
        if (body.IsEmpty && !endStream)
        {
            _abuse.CountEmptyFrame();
        }

        var stream = _connection.FindStream(header.StreamId);
        if (stream is null)
        {
            _connection.Flow.Return(header.Length);
            ReceiveLate(header);
            return;
        }

        if (header.Length > 0)
        {
            _connection.Pings.Probe();
        }

        try
        {
            stream.ReceiveData(body, header.Length - (int)body.Length, endStream);
        }
        catch (Http2StreamException)
        {
            _connection.Flow.Return(header.Length);
            throw;
        }
    }

    /// <summary>DATA for a stream that is closed: ours to ignore when we reset it, an error otherwise (§5.1).</summary>
    private void ReceiveLate(in FrameHeader header)
    {
        if (_connection.CauseOf(header.StreamId) is ClosedBy.LocalReset or ClosedBy.Connection)
        {
            return;
        }

        throw new Http2StreamException(header.StreamId, Http2ErrorCode.StreamClosed, "DATA came for a closed stream");
    }

    private void ReceivePriority(in FrameHeader header, in ReadOnlySequence<byte> payload)
    {
        RequireStream(header);
        _abuse.CountIgnoredFrame();
        if (header.Length != FramePayload.PrioritySize)
        {
            throw new Http2StreamException(header.StreamId, Http2ErrorCode.FrameSizeError, "PRIORITY has not five octets"); // §6.3
        }

        var fields = payload;
        FramePayload.TryReadPriority(ref fields, out var dependency);
        if (dependency == header.StreamId)
        {
            throw new Http2StreamException(header.StreamId, Http2ErrorCode.ProtocolError, "a stream depends on itself"); // RFC 7540 §5.3.1
        }
    }

    private void ReceiveReset(in FrameHeader header, in ReadOnlySequence<byte> payload)
    {
        RequireStream(header);
        RequireSize(header, sizeof(uint));
        RequireUsed(header);
        var stream = _connection.FindStream(header.StreamId);
        if (stream is null)
        {
            _abuse.CountIgnoredFrame();
            return;
        }

        stream.ReceiveReset((Http2ErrorCode)FramePayload.ReadUInt32(payload));
        _abuse.CountReset();
    }

    private void ReceiveSettings(in FrameHeader header, in ReadOnlySequence<byte> payload)
    {
        RequireConnection(header);
        if (header.Has(FrameFlags.Ack))
        {
            RequireSize(header, 0);
            _connection.Settings.Acknowledge();
            return;
        }

        if (header.Length % Setting.Size != 0)
        {
            throw new Http2ConnectionException(Http2ErrorCode.FrameSizeError, "SETTINGS have not a multiple of six octets");
        }

        _abuse.CountSettings();
        _connection.Settings.Receive(payload);
    }

    private void ReceivePing(in FrameHeader header, in ReadOnlySequence<byte> payload)
    {
        RequireConnection(header);
        RequireSize(header, sizeof(ulong));
        var opaque = ((ulong)FramePayload.ReadUInt32(payload) << 32) | FramePayload.ReadUInt32(payload.Slice(sizeof(uint)));
        if (header.Has(FrameFlags.Ack))
        {
            _connection.Pings.Acknowledge(opaque);
            return;
        }

        _abuse.CountPing();
        _connection.Sender.Ping(opaque, ack: true);
    }

    private void ReceiveGoAway(in FrameHeader header, in ReadOnlySequence<byte> payload)
    {
        RequireConnection(header);
        if (header.Length < 8)
        {
            throw new Http2ConnectionException(Http2ErrorCode.FrameSizeError, "GOAWAY has less than eight octets");
        }

        var last = (int)(FramePayload.ReadUInt32(payload) & int.MaxValue);
        var code = (Http2ErrorCode)FramePayload.ReadUInt32(payload.Slice(sizeof(uint)));
        var debug = payload.Slice(8, Math.Min(payload.Length - 8, 256)).ToArray();
        _abuse.CountIgnoredFrame();
        _connection.Drain.ReceiveGoAway(last, code, debug);
    }

    private void ReceiveWindowUpdate(in FrameHeader header, in ReadOnlySequence<byte> payload)
    {
        RequireSize(header, sizeof(uint));
        var increment = FramePayload.ReadUInt32(payload) & int.MaxValue;
        if (header.StreamId == 0)
        {
            if (increment == 0)
            {
                throw Protocol("WINDOW_UPDATE of the connection is zero"); // §6.9
            }

            if (!_connection.Sender.Scheduler.Window.TryShift(increment))
            {
                throw new Http2ConnectionException(Http2ErrorCode.FlowControlError, "the connection's window passes 2^31-1");
            }

            _connection.Sender.MoveData();
            return;
        }

        RequireUsed(header);
        if (_connection.FindStream(header.StreamId) is not { } stream)
        {
            return; // §5.1: may come for a while after a stream was closed.
        }

        if (increment == 0)
        {
            throw new Http2StreamException(header.StreamId, Http2ErrorCode.ProtocolError, "WINDOW_UPDATE is zero");
        }

        if (!stream.Output.TryShiftWindow(increment, isUpdate: true))
        {
            throw new Http2StreamException(header.StreamId, Http2ErrorCode.FlowControlError, "the stream's window passes 2^31-1");
        }
    }

    private void RequireUsed(in FrameHeader header)
    {
        if (_connection.IsIdle(header.StreamId))
        {
            throw Protocol($"{header.Type} came for the idle stream {header.StreamId}"); // §5.1
        }
    }

    private static void RequireStream(in FrameHeader header)
    {
        if (header.StreamId == 0)
        {
            throw Protocol($"{header.Type} came without a stream");
        }
    }

    private static void RequireConnection(in FrameHeader header)
    {
        if (header.StreamId != 0)
        {
            throw Protocol($"{header.Type} came on a stream");
        }
    }

    private static void RequireSize(in FrameHeader header, int size)
    {
        if (header.Length != size)
        {
            throw new Http2ConnectionException(Http2ErrorCode.FrameSizeError, $"{header.Type} has {header.Length} octets instead of {size}");
        }
    }

    private static Http2ConnectionException Protocol(string reason) => new(Http2ErrorCode.ProtocolError, reason);
}
