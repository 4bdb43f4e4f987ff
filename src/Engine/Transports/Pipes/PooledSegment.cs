using System.Buffers;

namespace Engine.Transports;

/// <summary>One pooled array in a chain of bytes that were received or are to be sent.</summary>
/// <remarks>Owned by one <see cref="SegmentChain"/>; not thread-safe.</remarks>
internal sealed class PooledSegment : ReadOnlySequenceSegment<byte>
{
    private byte[] _array = [];

    public int Length { get; private set; }

    public int Free => _array.Length - Length;

    public Memory<byte> FreeMemory => _array.AsMemory(Length);

    public PooledSegment? NextSegment => (PooledSegment?)Next;

    public void Rent(int size)
    {
        _array = ArrayPool<byte>.Shared.Rent(size);
        Length = 0;
        Memory = default;
        RunningIndex = 0;
        Next = null;
    }

    public void Commit(int bytes)
    {
        Length += bytes;
        Memory = _array.AsMemory(0, Length);
    }

    public void Append(PooledSegment next)
    {
        next.RunningIndex = RunningIndex + Length;
        Next = next;
    }

    /// <summary>Gives the array back, or with <paramref name="drop"/> leaves it to the collector because someone may still look at it.</summary>
    public void Release(bool drop)
    {
        var array = _array;
        _array = [];
        Length = 0;
        Memory = default;
        Next = null;
        if (!drop && array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }
}
