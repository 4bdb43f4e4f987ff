using System.Buffers;
using Engine.Http2.Frames;

namespace Engine.Http2.Receiving;

/// <summary>Gives each frame to whom it concerns, after what RFC 9113 §6 asks of its size and stream id.</summary>
/// <remarks>Used by the receive loop alone; the gate is taken frame by frame, so that handlers run between them.</remarks>
internal sealed class FrameDispatcher
{
    private readonly Http2Connection _connection;
    private readonly HeadersReceiver _headers;
    private readonly StreamFrames _streamFrames;
    private readonly ConnectionFrames _connectionFrames;
    private readonly AbuseMeter _abuse;
    private bool _isFirst = true;

    public FrameDispatcher(Http2Connection connection, HeadersReceiver headers, AbuseMeter abuse)
    {
        _connection = connection;
        _headers = headers;
        _abuse = abuse;
        _streamFrames = new StreamFrames(connection, abuse);
        _connectionFrames = new ConnectionFrames(connection, abuse);
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

        if (_headers.BlockStreamId != 0 && (header.Type != FrameType.Continuation || header.StreamId != _headers.BlockStreamId))
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
                _streamFrames.ReceiveData(header, payload);
                break;
            case FrameType.Headers:
                _headers.ReceiveHeaders(header, payload);
                break;
            case FrameType.Continuation:
                _headers.ReceiveContinuation(header, payload);
                break;
            case FrameType.Priority:
                _streamFrames.ReceivePriority(header, payload);
                break;
            case FrameType.RstStream:
                _streamFrames.ReceiveReset(header, payload);
                break;
            case FrameType.Settings:
                _connectionFrames.ReceiveSettings(header, payload);
                break;
            case FrameType.PushPromise:
                throw Protocol("PUSH_PROMISE is never allowed here"); // §8.4: clients can't push, and we announced ENABLE_PUSH = 0.
            case FrameType.Ping:
                _connectionFrames.ReceivePing(header, payload);
                break;
            case FrameType.GoAway:
                _connectionFrames.ReceiveGoAway(header, payload);
                break;
            case FrameType.WindowUpdate:
                ReceiveWindowUpdate(header, payload);
                break;
            default:
                _abuse.CountIgnoredFrame(); // §5.5
                break;
        }
    }

    private void ReceiveWindowUpdate(in FrameHeader header, in ReadOnlySequence<byte> payload)
    {
        FrameRules.RequireSize(header, sizeof(uint));
        var increment = FramePayload.ReadUInt32(payload) & int.MaxValue;
        if (header.StreamId == 0)
        {
            _connectionFrames.ReceiveWindowUpdate(increment);
        }
        else
        {
            _streamFrames.ReceiveWindowUpdate(header, increment);
        }
    }

    private static Http2ConnectionException Protocol(string reason) => new(Http2ErrorCode.ProtocolError, reason);
}
