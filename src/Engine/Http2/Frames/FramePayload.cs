using System.Buffers;
using System.Buffers.Binary;

namespace Engine.Http2.Frames;

/// <summary>Pure functions that take payloads apart (RFC 9113 §6). None checks stream ids or states; that is the connection's part.</summary>
internal static class FramePayload
{
    /// <summary>The priority fields of a HEADERS or PRIORITY payload: exclusive bit, dependency, weight.</summary>
    public const int PrioritySize = 5;

    /// <summary>Takes the next setting off a SETTINGS payload; false at its end.</summary>
    /// <remarks>The payload's length must have been checked to be a multiple of six (§6.5: else FRAME_SIZE_ERROR); a rest is not read.</remarks>
    public static bool TryReadSetting(ref ReadOnlySpan<byte> payload, out Setting setting)
    {
        if (payload.Length < Setting.Size)
        {
            setting = default;
            return false;
        }

        setting = new Setting(
            (SettingId)BinaryPrimitives.ReadUInt16BigEndian(payload),
            BinaryPrimitives.ReadUInt32BigEndian(payload[2..]));
        payload = payload[Setting.Size..];
        return true;
    }

    /// <summary>Removes the pad length and the padding of a payload whose PADDED flag is set (§6.1).</summary>
    /// <returns>False when the padding is as long as the payload or longer, or when there is no pad length: PROTOCOL_ERROR or FRAME_SIZE_ERROR.</returns>
    /// <remarks>
    /// <code>
    /// +---------------+-----------------------------------------------+
    /// |Pad Length (8) |   Data (*)                  | Padding (*)   ...
    /// +---------------+-----------------------------------------------+
    /// </code>
    /// Padding counts against flow control; the caller returns it from the frame's length.
    /// </remarks>
    public static bool TryRemovePadding(ref ReadOnlySequence<byte> payload)
    {
        if (payload.IsEmpty)
        {
            return false;
        }

        var padding = payload.FirstSpan.IsEmpty ? FirstByteSlow(payload) : payload.FirstSpan[0];
        var rest = payload.Length - 1 - padding;
        if (rest < 0)
        {
            return false;
        }

        payload = payload.Slice(1, rest);
        return true;
    }

    /// <summary>Reads the priority fields off the front of a HEADERS payload, or a whole PRIORITY payload (§5.3.2, §6.3).</summary>
    /// <returns>False when there are fewer than five octets: FRAME_SIZE_ERROR.</returns>
    /// <remarks>
    /// <code>
    /// +-+-------------------------------------------------------------+
    /// |E|                  Stream Dependency (31)                     |
    /// +-+-------------+-----------------------------------------------+
    /// |  Weight (8)   |
    /// +-+-------------+
    /// </code>
    /// The scheme is deprecated and has no effect here; a stream that depends on itself is still refused by those who keep RFC 7540 §5.3.1.
    /// </remarks>
    public static bool TryReadPriority(ref ReadOnlySequence<byte> payload, out int dependency)
    {
        if (payload.Length < PrioritySize)
        {
            dependency = 0;
            return false;
        }

        dependency = (int)(ReadUInt32(payload) & 0x7FFF_FFFF);
        payload = payload.Slice(PrioritySize);
        return true;
    }

    /// <summary>Reads the 32 bits at the start of a payload that has them: an error code, an increment, a dependency.</summary>
    public static uint ReadUInt32(in ReadOnlySequence<byte> payload)
    {
        var first = payload.FirstSpan;
        if (first.Length >= sizeof(uint))
        {
            return BinaryPrimitives.ReadUInt32BigEndian(first);
        }

        Span<byte> copy = stackalloc byte[sizeof(uint)];
        payload.Slice(0, sizeof(uint)).CopyTo(copy);
        return BinaryPrimitives.ReadUInt32BigEndian(copy);
    }

    private static byte FirstByteSlow(in ReadOnlySequence<byte> payload)
    {
        foreach (var segment in payload)
        {
            if (!segment.IsEmpty)
            {
                return segment.Span[0];
            }
        }

        return 0;
    }
}
