namespace Engine.Buffers;

/// <summary>Keeps returned segments in three sizes for the next who needs one.</summary>
/// <remarks>Thread-safe. Segments are not cleared: whoever rents one sees only what it wrote itself.</remarks>
internal sealed class SegmentPool
{
    // A small answer fits the first size; a 16 KiB frame the second; a bulk transfer is chained from the third.
    private const int Small = 4 << 10;
    private const int Medium = 16 << 10;
    private const int Large = 64 << 10;

    private readonly Stack<BufferSegment> _small = new();
    private readonly Stack<BufferSegment> _medium = new();
    private readonly Stack<BufferSegment> _large = new();
    private readonly int _retainedPerSize;
    private long _outstanding;

    /// <summary>Creates a pool that keeps up to <paramref name="retainedPerSize"/> octets of each size.</summary>
    public SegmentPool(int retainedPerSize = 8 << 20) => _retainedPerSize = retainedPerSize;

    /// <summary>The pool of the process.</summary>
    public static SegmentPool Shared { get; } = new();

    /// <summary>How many segments are rented and not returned.</summary>
    public long Outstanding => Volatile.Read(ref _outstanding);

    /// <summary>A segment with room for at least <paramref name="size"/> octets, or of the largest pooled size.</summary>
    public BufferSegment Rent(int size, bool exact = false)
    {
        Interlocked.Increment(ref _outstanding);
        var (stack, length) = size <= Small ? (_small, Small) : size <= Medium ? (_medium, Medium) : (_large, Large);
        if (exact && size > Large)
        {
            return new BufferSegment(size);
        }

        lock (stack)
        {
            if (stack.TryPop(out var segment))
            {
                return segment;
            }
        }

        return new BufferSegment(length);
    }

    /// <summary>Gives up a segment that somebody may still look at: the collector takes it.</summary>
    public void Forget() => Interlocked.Decrement(ref _outstanding);

    /// <summary>Takes a segment back; its owner must have forgotten it.</summary>
    public void Return(BufferSegment segment)
    {
        Interlocked.Decrement(ref _outstanding);
        segment.Reset();
        var stack = segment.Block.Length switch
        {
            Small => _small,
            Medium => _medium,
            Large => _large,
            _ => null,
        };
        if (stack is null)
        {
            return;
        }

        lock (stack)
        {
            if (stack.Count * segment.Block.Length < _retainedPerSize)
            {
                stack.Push(segment);
            }
        }
    }
}
