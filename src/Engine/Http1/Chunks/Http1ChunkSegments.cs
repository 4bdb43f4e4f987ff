using System.Buffers;

namespace Engine.Http1.Chunks;

/// <summary>The data that one read of a chunked body gives, as one sequence over the input. Its segments are used again for the next.</summary>
internal sealed class Http1ChunkSegments
{
    private readonly List<Http1ChunkSegment> _segments = [];

    public int Count { get; private set; }

    /// <summary>Octets in all segments.</summary>
    public long Length { get; private set; }

    public void Add(SequencePosition start, ReadOnlyMemory<byte> memory, long chunkLeft)
    {
        if (Count == _segments.Count)
        {
            _segments.Add(new Http1ChunkSegment());
        }

        _segments[Count].Set(start, memory, chunkLeft, Count == 0 ? null : _segments[Count - 1]);
        Count++;
        Length += memory.Length;
    }

    public ReadOnlySequence<byte> ToSequence() => Count == 0
        ? default
        : new ReadOnlySequence<byte>(_segments[0], 0, _segments[Count - 1], _segments[Count - 1].Memory.Length);

    public void Clear()
    {
        for (var i = 0; i < Count; i++)
        {
            _segments[i].Clear();
        }

        Count = 0;
        Length = 0;
    }
}
