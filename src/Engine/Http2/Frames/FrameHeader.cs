using System.Buffers;
using System.Buffers.Binary;

namespace Engine.Http2.Frames;

/// <summary>The nine octets before every payload (RFC 9113 §4.1).</summary>
/// <remarks>
/// <code>
/// +-----------------------------------------------+
/// |                 Length (24)                   |
/// +---------------+---------------+---------------+
/// |   Type (8)    |   Flags (8)   |
/// +-+-------------+---------------+-------------------------------+
/// |R|                 Stream Identifier (31)                      |
/// +=+=============================================================+
/// |                   Frame Payload (0...)                      ...
/// +---------------------------------------------------------------+
/// </code>
/// Length counts the payload alone. R is ignored on receipt and sent as zero.
/// </remarks>
internal readonly record struct FrameHeader(int Length, FrameType Type, FrameFlags Flags, int StreamId)
{
    /// <summary>The size of the header itself.</summary>
    public const int Size = 9;

    /// <summary>SETTINGS_MAX_FRAME_SIZE before any SETTINGS, and the least it may be set to (§6.5.2).</summary>
    public const int DefaultMaxLength = 16 * 1024;

    /// <summary>The largest payload that 24 bits can announce, and the most SETTINGS_MAX_FRAME_SIZE may be set to.</summary>
    public const int MaxLength = (1 << 24) - 1;

    /// <summary>Whether any of <paramref name="flags"/> is set.</summary>
    public bool Has(FrameFlags flags) => (Flags & flags) != 0;

    /// <summary>Reads a header from the start of <paramref name="source"/>; false when it is not whole yet.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out FrameHeader header)
    {
        if (source.Length < Size)
        {
            header = default;
            return false;
        }

        var lengthAndType = BinaryPrimitives.ReadUInt32BigEndian(source);
        var streamId = BinaryPrimitives.ReadUInt32BigEndian(source[5..]) & 0x7FFF_FFFF;
        header = new FrameHeader((int)(lengthAndType >> 8), (FrameType)(byte)lengthAndType, (FrameFlags)source[4], (int)streamId);
        return true;
    }

    /// <summary>Reads a header from the start of a sequence, which may be cut anywhere; false when it is not whole yet.</summary>
    public static bool TryRead(in ReadOnlySequence<byte> source, out FrameHeader header)
    {
        var first = source.FirstSpan;
        if (first.Length >= Size)
        {
            return TryRead(first, out header);
        }

        if (source.Length < Size)
        {
            header = default;
            return false;
        }

        Span<byte> copy = stackalloc byte[Size];
        source.Slice(0, Size).CopyTo(copy);
        return TryRead(copy, out header);
    }

    /// <summary>Writes the header to the start of <paramref name="destination"/>.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32BigEndian(destination, ((uint)Length << 8) | (byte)Type);
        destination[4] = (byte)Flags;
        BinaryPrimitives.WriteUInt32BigEndian(destination[5..], (uint)StreamId);
    }
}
