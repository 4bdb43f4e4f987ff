using System.Buffers;
using Engine.Http2.Connections;
using Engine.Http2.Frames;

namespace Engine.Http2.Receiving;

/// <summary>Frames of one stream: DATA, PRIORITY, RST_STREAM and WINDOW_UPDATE.</summary>
/// <remarks>Used by the receive loop alone, under the gate.</remarks>
internal sealed class StreamFrames(Http2Connection connection, AbuseMeter abuse)
{
    /// <summary>DATA (§6.1).</summary>
    public void ReceiveData(in FrameHeader header, in ReadOnlySequence<byte> payload)
    {
        FrameRules.RequireStream(header);
        var body = payload;
        if (header.Has(FrameFlags.Padded) && !FramePayload.TryRemovePadding(ref body))
        {
            throw FrameRules.Protocol("the padding is longer than the DATA frame"); // §6.1
        }

        RequireUsed(header);
        if (!connection.Flow.TryTake(header.Length))
        {
            throw new Http2ConnectionException(Http2ErrorCode.FlowControlError, "DATA exceeds the connection's window");
        }

        var endStream = header.Has(FrameFlags.EndStream);
        if (body.IsEmpty && !endStream)
        {
            abuse.CountEmptyFrame();
        }

        var stream = connection.FindStream(header.StreamId);
        if (stream is null)
        {
            connection.Flow.Return(header.Length);
            ReceiveLate(header);
            return;
        }

        if (header.Length > 0)
        {
            connection.Pings.Probe();
        }

        try
        {
            stream.ReceiveData(body, header.Length - (int)body.Length, endStream);
        }
        catch (Http2StreamException)
        {
            connection.Flow.Return(header.Length);
            throw;
        }
    }

    /// <summary>DATA for a stream that is closed: ours to ignore when we reset it, an error otherwise (§5.1).</summary>
    private void ReceiveLate(in FrameHeader header)
    {
        if (connection.CauseOf(header.StreamId) is ClosedBy.LocalReset or ClosedBy.Connection)
        {
            return;
        }

        throw new Http2StreamException(header.StreamId, Http2ErrorCode.StreamClosed, "DATA came for a closed stream");
    }

    /// <summary>PRIORITY (§6.3), which has no effect.</summary>
    public void ReceivePriority(in FrameHeader header, in ReadOnlySequence<byte> payload)
    {
        FrameRules.RequireStream(header);
        abuse.CountIgnoredFrame();
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

    /// <summary>RST_STREAM (§6.4).</summary>
    public void ReceiveReset(in FrameHeader header, in ReadOnlySequence<byte> payload)
    {
        FrameRules.RequireStream(header);
        FrameRules.RequireSize(header, sizeof(uint));
        RequireUsed(header);
        var stream = connection.FindStream(header.StreamId);
        if (stream is null)
        {
            abuse.CountIgnoredFrame();
            return;
        }

        stream.ReceiveReset((Http2ErrorCode)FramePayload.ReadUInt32(payload));
        abuse.CountReset();
    }

    /// <summary>WINDOW_UPDATE of a stream (§6.9).</summary>
    public void ReceiveWindowUpdate(in FrameHeader header, uint increment)
    {
        RequireUsed(header);
        if (connection.FindStream(header.StreamId) is not { } stream)
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
        if (connection.IsIdle(header.StreamId))
        {
            throw FrameRules.Protocol($"{header.Type} came for the idle stream {header.StreamId}"); // §5.1
        }
    }
}
