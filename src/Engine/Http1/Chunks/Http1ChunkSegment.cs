using System.Buffers;

namespace Engine.Http1.Chunks;

/// <summary>A run of chunk data inside the connection's input, linked with its neighbours across the chunk lines between them.</summary>
internal sealed class Http1ChunkSegment : ReadOnlySequenceSegment<byte>
{
    /// <summary>Where the run begins in the input.</summary>
    public SequencePosition Start { get; private set; }

    /// <summary>Octets of the chunk that were to come at the run's first one, itself included.</summary>
    public long ChunkLeft { get; private set; }

    public void Set(SequencePosition start, ReadOnlyMemory<byte> memory, long chunkLeft, Http1ChunkSegment? previous)
    {
        Start = start;
        Memory = memory;
        ChunkLeft = chunkLeft;
        RunningIndex = previous is null ? 0 : previous.RunningIndex + previous.Memory.Length;
        if (previous is not null)
        {
            previous.Next = this;
        }
    }

    public void Clear()
    {
        Memory = default;
        Start = default;
        Next = null;
    }
}
