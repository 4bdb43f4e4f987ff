using System.Buffers;

namespace Engine.Transports;

/// <summary>A queue of bytes in pooled arrays that holds no array while it is empty.</summary>
/// <remarks>Owned by one reader or writer; not thread-safe. Arrays grow from 4 to 64 KiB while they are filled and shrink when they are not.</remarks>
internal sealed class SegmentChain
{
    // A request or an acknowledgement fits; 10,000 connections with half a head each hold 40 MiB.
    private const int LeastSize = 4 * 1024;

    // Beyond this, larger system calls gained nothing measurable.
    private const int GreatestSize = 64 * 1024;

    // Less room than this at an array's end is not worth a system call.
    private const int LeastFree = 1024;

    private PooledSegment? _head;
    private PooledSegment? _tail;
    private PooledSegment? _spare;
    private int _headOffset;
    private int _nextSize = LeastSize;

    public long Length { get; private set; }

    public PooledSegment? Head => _head;

    public ReadOnlySequence<byte> Bytes => _head is null || _tail is null
        ? default
        : new ReadOnlySequence<byte>(_head, _headOffset, _tail, _tail.Length);

    /// <summary>Room for at least <paramref name="sizeHint"/> bytes at the end.</summary>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        var needed = sizeHint > 0 ? sizeHint : LeastFree;
        if (_tail is null || _tail.Free < needed)
        {
            Grow(needed);
        }

        return _tail!.FreeMemory;
    }

    /// <summary>Makes the first <paramref name="bytes"/> bytes of the memory handed out last part of the queue.</summary>
    public void Commit(int bytes)
    {
        if (_tail is null || (uint)bytes > (uint)_tail.Free)
        {
            throw new ArgumentOutOfRangeException(nameof(bytes), "More bytes than were handed out.");
        }

        _tail.Commit(bytes);
        Length += bytes;
    }

    /// <summary>Chooses the size of the next array by what one operation carried.</summary>
    public void Adapt(long carried)
    {
        if (carried >= _nextSize)
        {
            _nextSize = Math.Min(_nextSize * 2, GreatestSize);
        }
        else if (carried < _nextSize / 4)
        {
            _nextSize = Math.Max(_nextSize / 2, LeastSize);
        }
    }

    /// <summary>Drops the bytes before <paramref name="position"/>, which is one of <see cref="Bytes"/>.</summary>
    public void ConsumeTo(SequencePosition position)
    {
        if (_head is null || position.GetObject() is not PooledSegment segment)
        {
            return;
        }

        var index = position.GetInteger();
        while (_head != segment)
        {
            DropHead();
            if (_head is null)
            {
                throw new InvalidOperationException("The position is not one of the buffer that was read last.");
            }
        }

        if (index < _headOffset)
        {
            throw new InvalidOperationException("The position lies before what was consumed already.");
        }

        Length -= index - _headOffset;
        _headOffset = index;
        if (Length == 0)
        {
            Clear();
        }
    }

    /// <summary>Lets go of an array that was taken to receive into and got nothing.</summary>
    public void ReleaseIfEmpty()
    {
        if (Length == 0)
        {
            Clear();
        }
    }

    /// <summary>Moves everything to the end of <paramref name="other"/>, which must be empty, and takes back its spare segment.</summary>
    public void MoveTo(SegmentChain other)
    {
        (other._head, other._tail, other._headOffset, other.Length) = (_head, _tail, _headOffset, Length);
        (_head, _tail, _headOffset, Length) = (null, null, 0, 0);
        _spare ??= other._spare;
        other._spare = null;
    }

    /// <summary>Drops everything; with <paramref name="drop"/> the arrays are not pooled again.</summary>
    public void Clear(bool drop = false)
    {
        while (_head is not null)
        {
            DropHead(drop);
        }

        Length = 0;
    }

    private void Grow(int needed)
    {
        var segment = _spare ?? new PooledSegment();
        _spare = null;
        segment.Rent(Math.Max(_nextSize, needed));
        if (_tail is null)
        {
            _head = segment;
            _headOffset = 0;
        }
        else
        {
            _tail.Append(segment);
        }

        _tail = segment;
    }

    private void DropHead(bool drop = false)
    {
        var head = _head!;
        Length -= head.Length - _headOffset;
        _head = head.NextSegment;
        _headOffset = 0;
        if (_head is null)
        {
            _tail = null;
        }

        head.Release(drop);
        if (!drop)
        {
            _spare ??= head;
        }
    }
}
