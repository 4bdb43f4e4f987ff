using System.Buffers;

namespace Engine.Buffers;

/// <summary>A queue of octets in a chain of pooled segments: written at the tail, read as a sequence, consumed at the head.</summary>
/// <remarks>Owned by one party and not thread-safe. <see cref="Clear"/> returns every segment.</remarks>
internal sealed class SegmentQueue : IBufferWriter<byte>
{
    private readonly SegmentPool _pool;
    private BufferSegment? _head;
    private BufferSegment? _tail;
    private int _headStart;

    public SegmentQueue(SegmentPool? pool = null) => _pool = pool ?? SegmentPool.Shared;

    /// <summary>How many octets are queued.</summary>
    public long Length { get; private set; }

    /// <summary>All that is queued; valid until something is consumed.</summary>
    public ReadOnlySequence<byte> Sequence =>
        _head is null ? ReadOnlySequence<byte>.Empty : new ReadOnlySequence<byte>(_head, _headStart, _tail!, _tail!.End);

    /// <inheritdoc />
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        var needed = Math.Max(sizeHint, 1);
        if (_tail is null || _tail.Free.Length < needed)
        {
            Append(_pool.Rent(needed, exact: true));
        }

        return _tail!.Free;
    }

    /// <inheritdoc />
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc />
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (count == 0)
        {
            return;
        }

        if (_tail is null || count > _tail.Free.Length)
        {
            throw new InvalidOperationException("More was advanced than the buffer had room for.");
        }

        _tail.Advance(count);
        Length += count;
    }

    /// <summary>Copies <paramref name="source"/> to the tail.</summary>
    public void Write(ReadOnlySpan<byte> source)
    {
        while (!source.IsEmpty)
        {
            if (_tail is null || _tail.Free.IsEmpty)
            {
                Append(_pool.Rent(source.Length));
            }

            var part = source[..Math.Min(source.Length, _tail!.Free.Length)];
            part.CopyTo(_tail.Free.Span);
            Advance(part.Length);
            source = source[part.Length..];
        }
    }

    /// <summary>Copies <paramref name="source"/> to the tail.</summary>
    public void Write(in ReadOnlySequence<byte> source)
    {
        foreach (var part in source)
        {
            Write(part.Span);
        }
    }

    /// <summary>Copies the first <paramref name="count"/> octets to <paramref name="destination"/> and consumes them.</summary>
    public void MoveTo(IBufferWriter<byte> destination, int count)
    {
        while (count > 0)
        {
            var part = _head!.Memory.Span[_headStart..];
            if (part.IsEmpty)
            {
                // Rented for a hint that what was written then did not need.
                DropHead();
                continue;
            }

            part = part[..Math.Min(part.Length, count)];
            destination.Write(part);
            Consume(part.Length);
            count -= part.Length;
        }
    }

    /// <summary>Gives every segment to <paramref name="other"/> without copying; the next write here starts a new one.</summary>
    /// <remarks><paramref name="other"/> is from then on read with <see cref="MoveTo"/> alone, not as a sequence.</remarks>
    public void MoveAllTo(SegmentQueue other)
    {
        if (Length == 0)
        {
            return;
        }

        if (other._head is null)
        {
            (other._head, other._headStart) = (_head, _headStart);
        }
        else if (_headStart == 0)
        {
            other._tail!.Link(_head!);
        }
        else
        {
            throw new InvalidOperationException("Only a queue that was not read may be joined to another.");
        }

        other._tail = _tail;
        other.Length += Length;
        _head = _tail = null;
        _headStart = 0;
        Length = 0;
    }

    /// <summary>Consumes up to <paramref name="position"/>, which must come from <see cref="Sequence"/>.</summary>
    /// <returns>How many octets that were.</returns>
    public long ConsumeTo(SequencePosition position)
    {
        if (position.GetObject() is not BufferSegment segment || _head is null)
        {
            return 0;
        }

        var count = segment.RunningIndex + position.GetInteger() - (_head.RunningIndex + _headStart);
        if (count < 0 || count > Length)
        {
            throw new InvalidOperationException("The position is outside of what is buffered.");
        }

        Consume(count);
        return count;
    }

    /// <summary>Returns every segment.</summary>
    /// <param name="isLookedAt">Somebody may still look at them: they are left to the collector, so that nobody else writes what he reads.</param>
    public void Clear(bool isLookedAt = false)
    {
        while (_head is not null)
        {
            DropHead(isLookedAt);
        }

        Length = 0;
    }

    private void Consume(long count)
    {
        Length -= count;
        while (count > 0)
        {
            var available = _head!.End - _headStart;
            if (count < available)
            {
                _headStart += (int)count;
                return;
            }

            count -= available;
            DropHead();
        }

        if (Length == 0)
        {
            Clear();
        }
    }

    private void DropHead(bool isLookedAt = false)
    {
        var head = _head!;
        _head = head.NextSegment;
        _headStart = 0;
        if (_head is null)
        {
            _tail = null;
        }

        if (isLookedAt)
        {
            _pool.Forget();
        }
        else
        {
            _pool.Return(head);
        }
    }

    private void Append(BufferSegment segment)
    {
        if (_tail is null)
        {
            _head = segment;
            _headStart = 0;
        }
        else
        {
            _tail.Link(segment);
        }

        _tail = segment;
    }
}
