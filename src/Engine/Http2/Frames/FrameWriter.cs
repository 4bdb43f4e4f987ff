using System.Buffers;
using System.Buffers.Binary;

namespace Engine.Http2.Frames;

/// <summary>Writes whole frames to a buffer (RFC 9113 §6). PRIORITY and PUSH_PROMISE are never sent.</summary>
/// <remarks>Stateless. The caller owns the buffer, its lock and its flush.</remarks>
internal static class FrameWriter
{
    /// <summary>Writes SETTINGS (§6.5): six octets a setting.</summary>
    public static void WriteSettings(IBufferWriter<byte> output, ReadOnlySpan<Setting> settings)
    {
        var payload = Start(output, settings.Length * Setting.Size, FrameType.Settings, FrameFlags.None, 0);
        foreach (var setting in settings)
        {
            BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)setting.Id);
            BinaryPrimitives.WriteUInt32BigEndian(payload[2..], setting.Value);
            payload = payload[Setting.Size..];
        }

        output.Advance(FrameHeader.Size + (settings.Length * Setting.Size));
    }

    /// <summary>Writes the acknowledgement of the peer's SETTINGS.</summary>
    public static void WriteSettingsAck(IBufferWriter<byte> output)
    {
        Start(output, 0, FrameType.Settings, FrameFlags.Ack, 0);
        output.Advance(FrameHeader.Size);
    }

    /// <summary>Writes PING (§6.7); <paramref name="opaque"/> is the value of its eight octets read as a big-endian number.</summary>
    public static void WritePing(IBufferWriter<byte> output, ulong opaque, bool ack)
    {
        var payload = Start(output, sizeof(ulong), FrameType.Ping, ack ? FrameFlags.Ack : FrameFlags.None, 0);
        BinaryPrimitives.WriteUInt64BigEndian(payload, opaque);
        output.Advance(FrameHeader.Size + sizeof(ulong));
    }

    /// <summary>Writes GOAWAY (§6.8): the last stream that was or might be acted on, a code, and text for the peer's log.</summary>
    public static void WriteGoAway(IBufferWriter<byte> output, int lastStreamId, Http2ErrorCode code, ReadOnlySpan<byte> debugData = default)
    {
        var length = 8 + debugData.Length;
        var payload = Start(output, length, FrameType.GoAway, FrameFlags.None, 0);
        BinaryPrimitives.WriteUInt32BigEndian(payload, (uint)lastStreamId);
        BinaryPrimitives.WriteUInt32BigEndian(payload[4..], (uint)code);
        debugData.CopyTo(payload[8..]);
        output.Advance(FrameHeader.Size + length);
    }

    /// <summary>Writes RST_STREAM (§6.4).</summary>
    public static void WriteRstStream(IBufferWriter<byte> output, int streamId, Http2ErrorCode code)
    {
        var payload = Start(output, sizeof(uint), FrameType.RstStream, FrameFlags.None, streamId);
        BinaryPrimitives.WriteUInt32BigEndian(payload, (uint)code);
        output.Advance(FrameHeader.Size + sizeof(uint));
    }

    /// <summary>Writes WINDOW_UPDATE (§6.9); stream 0 is the connection. <paramref name="increment"/> is 1 to 2³¹-1.</summary>
    public static void WriteWindowUpdate(IBufferWriter<byte> output, int streamId, int increment)
    {
        var payload = Start(output, sizeof(uint), FrameType.WindowUpdate, FrameFlags.None, streamId);
        BinaryPrimitives.WriteUInt32BigEndian(payload, (uint)increment);
        output.Advance(FrameHeader.Size + sizeof(uint));
    }

    /// <summary>Writes the header of a DATA frame (§6.1); its payload must follow in the same buffer before anything else.</summary>
    public static void WriteDataHeader(IBufferWriter<byte> output, int streamId, int length, bool endStream)
    {
        var header = new FrameHeader(length, FrameType.Data, endStream ? FrameFlags.EndStream : FrameFlags.None, streamId);
        header.Write(output.GetSpan(FrameHeader.Size));
        output.Advance(FrameHeader.Size);
    }

    /// <summary>Writes a whole field block as HEADERS, and CONTINUATION for what is beyond the peer's SETTINGS_MAX_FRAME_SIZE (§6.2, §6.10).</summary>
    /// <remarks>No other frame may come between them (§4.3), so that the caller holds the connection's send lock over the whole call.</remarks>
    public static void WriteHeaders(IBufferWriter<byte> output, int streamId, ReadOnlySpan<byte> block, bool endStream, int maxFrameSize)
    {
        var type = FrameType.Headers;
        var flags = endStream ? FrameFlags.EndStream : FrameFlags.None;
        do
        {
            var part = block[..Math.Min(block.Length, maxFrameSize)];
            block = block[part.Length..];
            if (block.IsEmpty)
            {
                flags |= FrameFlags.EndHeaders;
            }

            part.CopyTo(Start(output, part.Length, type, flags, streamId));
            output.Advance(FrameHeader.Size + part.Length);
            type = FrameType.Continuation;
            flags = FrameFlags.None;
        }
        while (!block.IsEmpty);
    }

    /// <summary>Writes a frame's header and gives the room for its payload; the caller advances the output over both.</summary>
    private static Span<byte> Start(IBufferWriter<byte> output, int length, FrameType type, FrameFlags flags, int streamId)
    {
        var span = output.GetSpan(FrameHeader.Size + length);
        new FrameHeader(length, type, flags, streamId).Write(span);
        return span.Slice(FrameHeader.Size, length);
    }
}
