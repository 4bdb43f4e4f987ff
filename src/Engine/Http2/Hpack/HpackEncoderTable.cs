using System.Numerics;

namespace Engine.Http2.Hpack;

/// <summary>The encoder's dynamic table, with a look-up by field and by name.</summary>
/// <remarks>
/// Owned by one encoder; not thread-safe. A bucket holds the number of the newest field in it, and every field links to the one before
/// it in its buckets. Since the oldest fields are the first to go, a link to an evicted one ends the chain, and eviction has nothing to undo.
/// </remarks>
internal sealed class HpackEncoderTable
{
    private const long None = -1;

    private readonly HpackDynamicTable _table;
    private readonly int _mask;
    private long[] _newestByField = [];
    private long[] _newestByName = [];
    private Link[] _links = []; // a ring: that of the field with number n is at n modulo its length

    private struct Link
    {
        public long OlderByField;
        public long OlderByName;
        public uint FieldHash;
        public uint NameHash;
    }

    /// <summary>Makes an empty table that will never be larger than <paramref name="largest"/>.</summary>
    public HpackEncoderTable(int maxSize, int largest)
    {
        _table = new HpackDynamicTable(maxSize);
        _mask = (int)BitOperations.RoundUpToPowerOf2((uint)(largest / HpackDynamicTable.EntryOverhead) + 1) - 1;
    }

    /// <summary>How large the table may be.</summary>
    public int MaxSize => _table.MaxSize;

    /// <summary>The sum of the entries' sizes.</summary>
    public int Size => _table.Size;

    /// <summary>Changes how large the table may be and evicts what no longer fits.</summary>
    public void Resize(int maxSize) => _table.Resize(maxSize);

    /// <summary>The wire index of the newest entry that is this field, or 0.</summary>
    public int FindField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, uint fieldHash)
    {
        if (_table.Count == 0)
        {
            return 0;
        }

        var number = _newestByField[fieldHash & _mask];
        while (number >= _table.Oldest)
        {
            ref readonly var link = ref _links[number & _mask];
            if (link.FieldHash == fieldHash && value.SequenceEqual(_table.ValueAt(number)) && name.SequenceEqual(_table.NameAt(number)))
            {
                return IndexOf(number);
            }

            number = link.OlderByField;
        }

        return 0;
    }

    /// <summary>The wire index of the newest entry that has this name, or 0.</summary>
    public int FindName(ReadOnlySpan<byte> name, uint nameHash)
    {
        if (_table.Count == 0)
        {
            return 0;
        }

        var number = _newestByName[nameHash & _mask];
        while (number >= _table.Oldest)
        {
            ref readonly var link = ref _links[number & _mask];
            if (link.NameHash == nameHash && name.SequenceEqual(_table.NameAt(number)))
            {
                return IndexOf(number);
            }

            number = link.OlderByName;
        }

        return 0;
    }

    /// <summary>Adds a field that fits the table.</summary>
    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, uint nameHash, uint fieldHash)
    {
        if (_links.Length == 0)
        {
            MakeIndex();
        }

        var number = _table.Added;
        if (!_table.Add(name, value))
        {
            return;
        }

        ref var newestByField = ref _newestByField[fieldHash & _mask];
        ref var newestByName = ref _newestByName[nameHash & _mask];
        _links[number & _mask] = new Link
        {
            OlderByField = newestByField,
            OlderByName = newestByName,
            FieldHash = fieldHash,
            NameHash = nameHash,
        };
        newestByField = newestByName = number;
    }

    /// <summary>Indices count from the newest, behind the static table (RFC 7541 §2.3.3).</summary>
    private int IndexOf(long number) => HpackStaticTable.Count + (int)(_table.Added - number);

    private void MakeIndex()
    {
        _links = new Link[_mask + 1];
        _newestByField = new long[_mask + 1];
        _newestByName = new long[_mask + 1];
        Array.Fill(_newestByField, None);
        Array.Fill(_newestByName, None);
    }
}
