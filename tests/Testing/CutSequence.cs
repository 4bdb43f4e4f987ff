using System.Buffers;

namespace Engine.Testing;

/// <summary>Input as a reader meets it: the same octets, cut into segments anywhere.</summary>
public static class CutSequence
{
    /// <summary>The octets in two segments, the second beginning at <paramref name="at"/>; either may be empty.</summary>
    public static ReadOnlySequence<byte> At(ReadOnlyMemory<byte> octets, int at) => Of([octets[..at], octets[at..]]);

    /// <summary>Every octet in a segment of its own.</summary>
    public static ReadOnlySequence<byte> Everywhere(ReadOnlyMemory<byte> octets)
    {
        var parts = new ReadOnlyMemory<byte>[octets.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            parts[i] = octets.Slice(i, 1);
        }

        return parts.Length == 0 ? ReadOnlySequence<byte>.Empty : Of(parts);
    }

    /// <summary>The parts, one after the other.</summary>
    public static ReadOnlySequence<byte> Of(ReadOnlySpan<ReadOnlyMemory<byte>> parts)
    {
        var first = new Segment(parts[0], null);
        var last = first;
        foreach (var part in parts[1..])
        {
            last = new Segment(part, last);
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            if (before is not null)
            {
                RunningIndex = before.RunningIndex + before.Memory.Length;
                before.Next = this;
            }
        }
    }
}
