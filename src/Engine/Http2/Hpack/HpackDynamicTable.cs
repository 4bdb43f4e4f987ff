using System.Numerics;

namespace Engine.Http2.Hpack;

/// <summary>The dynamic table (RFC 7541 §2.3.2, §4): fields in the order they were added, the oldest evicted to make room.</summary>
/// <remarks>
/// Owned by one encoder or decoder; not thread-safe. Every field has a number, the count of fields added before it; the numbers in the
/// table are consecutive. The octets of all fields stand in one buffer, oldest first; when its end is reached they are moved to its
/// front, which happens at most once for every half buffer written. Memory grows with use, to about twice <see cref="MaxSize"/>.
/// </remarks>
internal sealed class HpackDynamicTable
{
    /// <summary>What an entry counts beside its octets (§4.1).</summary>
    public const int EntryOverhead = 32;

    private byte[] _octets = [];
    private Entry[] _entries = []; // a ring: the field with number n is at n modulo its length, a power of two
    private int _end; // where the newest field's octets end
    private int _count;

    private struct Entry
    {
        public int Offset;
        public int NameLength;
        public int ValueLength;

        public readonly int Size => NameLength + ValueLength + EntryOverhead;
    }

    /// <summary>Makes an empty table.</summary>
    public HpackDynamicTable(int maxSize) => MaxSize = maxSize;

    /// <summary>How large the table may be, as <see cref="Size"/> counts.</summary>
    public int MaxSize { get; private set; }

    /// <summary>The sum of the entries' sizes (§4.1).</summary>
    public int Size { get; private set; }

    /// <summary>How many entries there are.</summary>
    public int Count => _count;

    /// <summary>How many fields were ever added: the number of the next one.</summary>
    public long Added { get; private set; }

    /// <summary>The number of the oldest field that is still there.</summary>
    public long Oldest => Added - _count;

    /// <summary>The name of the field with <paramref name="number"/>; valid until the table changes.</summary>
    public ReadOnlySpan<byte> NameAt(long number)
    {
        ref readonly var entry = ref EntryAt(number);
        return _octets.AsSpan(entry.Offset, entry.NameLength);
    }

    /// <summary>The value of the field with <paramref name="number"/>; valid until the table changes.</summary>
    public ReadOnlySpan<byte> ValueAt(long number)
    {
        ref readonly var entry = ref EntryAt(number);
        return _octets.AsSpan(entry.Offset + entry.NameLength, entry.ValueLength);
    }

    /// <summary>Changes how large the table may be and evicts what no longer fits (§4.3).</summary>
    public void Resize(int maxSize)
    {
        MaxSize = maxSize;
        EvictTo(maxSize);
    }

    /// <summary>Adds a field; one that is larger than the whole table empties it and is not kept (§4.4).</summary>
    /// <remarks>The name may be one of the table's own, even of a field that is evicted by this.</remarks>
    /// <returns>Whether the field is in the table.</returns>
    public bool Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var size = (long)name.Length + value.Length + EntryOverhead;
        if (size > MaxSize)
        {
            EvictTo(0);
            return false;
        }

        EvictTo(MaxSize - (int)size);
        if (_octets.Length - _end < name.Length + value.Length)
        {
            MoveToFront(name, value);
        }
        else
        {
            name.CopyTo(_octets.AsSpan(_end));
            value.CopyTo(_octets.AsSpan(_end + name.Length));
        }

        AddEntry(name.Length, value.Length);
        return true;
    }

    private ref readonly Entry EntryAt(long number) => ref _entries[number & (_entries.Length - 1)];

    private void EvictTo(int size)
    {
        while (Size > size)
        {
            Size -= EntryAt(Oldest).Size;
            _count--;
        }

        if (_count == 0)
        {
            _end = 0;
        }
    }

    /// <summary>Enters the field whose octets stand at <see cref="_end"/>.</summary>
    private void AddEntry(int nameLength, int valueLength)
    {
        if (_count == _entries.Length)
        {
            GrowEntries();
        }

        var entry = new Entry { Offset = _end, NameLength = nameLength, ValueLength = valueLength };
        _end += nameLength + valueLength;
        Size += entry.Size;
        _count++;
        _entries[Added++ & (_entries.Length - 1)] = entry;
    }

    /// <summary>Moves what lives to the buffer's front, and a new field's octets behind it; to a larger buffer if they fill more than half of this one.</summary>
    /// <remarks>
    /// Within one buffer what lives stands in its second half and what is written stays in the first, so that nothing living is written
    /// over. The name goes first: it may be that of a field just evicted.
    /// </remarks>
    private void MoveToFront(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var start = _count == 0 ? _end : EntryAt(Oldest).Offset;
        var living = _end - start;
        var needed = living + name.Length + value.Length;
        var target = needed > _octets.Length / 2 ? new byte[Math.Max(256, needed * 2)] : _octets;
        name.CopyTo(target.AsSpan(living));
        value.CopyTo(target.AsSpan(living + name.Length));
        _octets.AsSpan(start, living).CopyTo(target);
        _octets = target;
        _end = living;
        for (var number = Oldest; number < Added; number++)
        {
            _entries[number & (_entries.Length - 1)].Offset -= start;
        }
    }

    private void GrowEntries()
    {
        var larger = new Entry[BitOperations.RoundUpToPowerOf2((uint)Math.Max(8, _count + 1))];
        for (var number = Oldest; number < Added; number++)
        {
            larger[number & (larger.Length - 1)] = EntryAt(number);
        }

        _entries = larger;
    }
}
