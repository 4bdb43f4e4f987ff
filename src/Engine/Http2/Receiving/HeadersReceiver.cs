using System.Buffers;
using Engine.Fields;
using Engine.Http2.Connections;
using Engine.Http2.Frames;
using Engine.Http2.Heads;
using Engine.Http2.Hpack;
using Engine.Http2.Streams;

namespace Engine.Http2.Receiving;

/// <summary>Field sections: assembles, decodes and judges them, and opens or continues the stream they belong to.</summary>
/// <remarks>
/// Used by the receive loop alone, under the gate. Every block is decoded, wanted or not, since the compression state is the connection's.
/// </remarks>
internal sealed class HeadersReceiver
{
    private readonly Http2Connection _connection;
    private readonly Http2ConnectionOptions _options;
    private readonly HpackDecoder _decoder;
    private readonly HeaderBlockAssembler _assembler;
    private readonly AbuseMeter _abuse;

    public HeadersReceiver(Http2Connection connection, Http2ConnectionOptions options, HpackDecoder decoder, AbuseMeter abuse)
    {
        _connection = connection;
        _options = options;
        _decoder = decoder;
        _abuse = abuse;

        // A block that decodes within the list limit is hardly longer than it. As much again is read, so that an honest client with a head
        // that is too large gets its 431, and only one without any measure loses the connection.
        _assembler = new HeaderBlockAssembler((2L * options.MaxHeaderListSize) + 64);
    }

    /// <summary>The stream whose field block is incomplete, or 0.</summary>
    public int BlockStreamId => _assembler.StreamId;

    /// <summary>HEADERS (§6.2).</summary>
    public void ReceiveHeaders(in FrameHeader header, in ReadOnlySequence<byte> payload)
    {
        if (header.StreamId == 0)
        {
            throw Protocol("HEADERS came without a stream");
        }

        var part = payload;
        if (header.Has(FrameFlags.Padded) && !FramePayload.TryRemovePadding(ref part))
        {
            throw Protocol("the padding is longer than the HEADERS frame");
        }

        var dependency = 0;
        if (header.Has(FrameFlags.Priority) && !FramePayload.TryReadPriority(ref part, out dependency))
        {
            throw new Http2ConnectionException(Http2ErrorCode.FrameSizeError, "HEADERS are too short for their priority");
        }

        var dependsOnItself = dependency == header.StreamId;
        if (header.Has(FrameFlags.EndHeaders))
        {
            Receive(header.StreamId, header.Has(FrameFlags.EndStream), dependsOnItself, part);
            return;
        }

        _assembler.Begin(header, dependsOnItself, part);
        _connection.Liveness.BlockIsOpen(true);
    }

    /// <summary>CONTINUATION (§6.10).</summary>
    public void ReceiveContinuation(in FrameHeader header, in ReadOnlySequence<byte> payload)
    {
        if (_assembler.StreamId == 0)
        {
            throw Protocol("CONTINUATION came without HEADERS");
        }

        if (payload.IsEmpty && !header.Has(FrameFlags.EndHeaders))
        {
            _abuse.CountEmptyFrame();
        }

        _assembler.Append(payload);
        if (!header.Has(FrameFlags.EndHeaders))
        {
            return;
        }

        try
        {
            Receive(_assembler.StreamId, _assembler.EndStream, _assembler.DependsOnItself, _assembler.Block);
        }
        finally
        {
            _assembler.Clear();
            _connection.Liveness.BlockIsOpen(false);
        }
    }

    /// <summary>Forgets a block that will not be completed: the connection is over.</summary>
    public void Abandon() => _assembler.Clear();

    private void Receive(int streamId, bool endStream, bool dependsOnItself, in ReadOnlySequence<byte> block)
    {
        var stream = _connection.FindStream(streamId);
        var isNew = stream is null && _connection.IsIdle(streamId);
        if (isNew && (_connection.Role == Http2Role.Client || (streamId & 1) == 0))
        {
            throw Protocol($"HEADERS came for stream {streamId}, which the peer can't open"); // §5.1.1
        }

        var fields = new FieldList();
        var isTooLarge = Decode(block, fields) == HpackDecodeResult.TooLarge;
        if (isNew)
        {
            _connection.UsePeerId(streamId);
        }
        else if (stream is null)
        {
            ReceiveLate(streamId);
            return;
        }

        if (dependsOnItself)
        {
            throw new Http2StreamException(streamId, Http2ErrorCode.ProtocolError, "a stream depends on itself"); // RFC 7540 §5.3.1
        }

        if (stream is null)
        {
            ReceiveRequest(streamId, fields, endStream, isTooLarge);
        }
        else if (_connection.Role == Http2Role.Client && !stream.State.HeadReceived && stream.State.CanReceive)
        {
            ReceiveResponse(stream, fields, endStream, isTooLarge);
        }
        else
        {
            ReceiveTrailers(stream, fields, endStream, isTooLarge);
        }
    }

    private HpackDecodeResult Decode(in ReadOnlySequence<byte> block, FieldList fields)
    {
        try
        {
            return _decoder.Decode(block, fields, _options.MaxHeaderListSize);
        }
        catch (HpackException exception)
        {
            throw new Http2ConnectionException(Http2ErrorCode.CompressionError, exception.Message);
        }
    }

    private void ReceiveRequest(int streamId, FieldList fields, bool endStream, bool isTooLarge)
    {
        if (!_connection.MayServe(streamId))
        {
            _connection.RefuseStream(streamId);
            _abuse.CountRefusal();
            return;
        }

        if (isTooLarge)
        {
            _connection.RefuseLargeHead(streamId, endStream);
            _abuse.CountReset();
            return;
        }

        if (RequestHead.FaultOf(fields, _options.EnableConnectProtocol, _options.HandsOutFaultyTargets) is { } fault)
        {
            throw Malformed(streamId, fault);
        }

        var length = ContentLengthOf(streamId, fields);
        if (endStream && length > 0)
        {
            throw Malformed(streamId, "the message is shorter than its content-length");
        }

        _connection.AddRequest(streamId, fields, endStream, length);
    }

    private static void ReceiveResponse(Http2Stream stream, FieldList fields, bool endStream, bool isTooLarge)
    {
        if (isTooLarge)
        {
            throw new Http2StreamException(stream.StreamId, Http2ErrorCode.EnhanceYourCalm, "the response head is too large");
        }

        if (ResponseHead.FaultOf(fields, out var status) is { } fault)
        {
            throw Malformed(stream.StreamId, fault);
        }

        stream.ReceiveResponse(fields, status, endStream, ContentLengthOf(stream.StreamId, fields));
    }

    private static void ReceiveTrailers(Http2Stream stream, FieldList fields, bool endStream, bool isTooLarge)
    {
        var move = stream.State.JudgeTrailers(endStream);
        if (move != IllegalMove.None)
        {
            throw new Http2StreamException(stream.StreamId, move.ErrorCode(), move.Describe());
        }

        if (isTooLarge)
        {
            throw new Http2StreamException(stream.StreamId, Http2ErrorCode.EnhanceYourCalm, "the trailers are too large");
        }

        if (FieldRules.FaultOfTrailers(fields) is { } fault)
        {
            throw Malformed(stream.StreamId, fault);
        }

        stream.ReceiveTrailers(fields, endStream);
    }

    /// <summary>HEADERS for a stream that is closed (§5.1, §5.1.1).</summary>
    private void ReceiveLate(int streamId)
    {
        switch (_connection.CauseOf(streamId))
        {
            case ClosedBy.LocalReset or ClosedBy.Connection:
                return;
            case ClosedBy.PeerReset:
                throw new Http2StreamException(streamId, Http2ErrorCode.StreamClosed, "HEADERS came after RST_STREAM");
            case ClosedBy.EndStream:
                throw new Http2ConnectionException(Http2ErrorCode.StreamClosed, $"HEADERS came for stream {streamId}, which had ended");
            default:
                if (_options.Profile == Http2Profile.Tunnel)
                {
                    return; // Most likely late trailers of a stream that was reset and forgotten.
                }

                throw Protocol($"stream {streamId} was opened after a higher one"); // §5.1.1
        }
    }

    private static long? ContentLengthOf(int streamId, FieldList fields) =>
        ContentLength.TryRead(fields, out var length) ? length : throw Malformed(streamId, "content-length is no number, or stands there twice");

    private static Http2StreamException Malformed(int streamId, string fault) => new(streamId, Http2ErrorCode.ProtocolError, fault);

    private static Http2ConnectionException Protocol(string reason) => new(Http2ErrorCode.ProtocolError, reason);
}
