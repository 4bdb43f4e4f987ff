using System.Buffers;

namespace Engine.Buffers;

/// <summary>A pooled block of octets and its place in a chain.</summary>
/// <remarks>Owned by one <see cref="SegmentQueue"/> at a time; not thread-safe.</remarks>
internal sealed class BufferSegment : ReadOnlySequenceSegment<byte>
{
    public BufferSegment(int size) => Block = new byte[size];

    /// <summary>The whole block.</summary>
    public byte[] Block { get; }

    /// <summary>How much of the block is written.</summary>
    public int End { get; private set; }

    /// <summary>The following segment, typed.</summary>
    public BufferSegment? NextSegment => (BufferSegment?)Next;

    /// <summary>What may still be written.</summary>
    public Memory<byte> Free => Block.AsMemory(End);

    /// <summary>Makes <paramref name="count"/> octets of <see cref="Free"/> part of the segment.</summary>
    public void Advance(int count)
    {
        End += count;
        Memory = Block.AsMemory(0, End);
    }

    /// <summary>Chains <paramref name="next"/>; nothing may be written to this segment afterwards.</summary>
    public void Link(BufferSegment next)
    {
        next.RunningIndex = RunningIndex + End;
        Next = next;
    }

    /// <summary>Makes the segment as new.</summary>
    public void Reset()
    {
        End = 0;
        Next = null;
        RunningIndex = 0;
        Memory = default;
    }
}
