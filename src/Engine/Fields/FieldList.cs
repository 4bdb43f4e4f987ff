using System.Buffers;
using System.Text;

namespace Engine.Fields;

/// <summary>An ordered list of field lines (RFC 9110 §5) in one flat buffer, made to be cleared and used again.</summary>
/// <remarks>
/// Owned by one message at a time and not thread-safe. Names are compared without regard to ASCII case and stored with the
/// case they came in, so that a list can carry an HTTP/1.1 head through HTTP/2 unchanged. In the steady state a list that is
/// reused allocates nothing.
/// </remarks>
public sealed class FieldList
{
    private byte[] _bytes = [];
    private Entry[] _entries = [];
    private int _used;
    private int _count;

    private struct Entry
    {
        public int Offset;
        public int NameLength;
        public int ValueLength;
        public bool IsSensitive;
    }

    /// <summary>How many field lines the list holds.</summary>
    public int Count => _count;

    /// <summary>The size that RFC 9113 §6.5.2 counts: names, values and 32 octets a field.</summary>
    public int Size
    {
        get
        {
            var size = 0;
            for (var i = 0; i < _count; i++)
            {
                size += _entries[i].NameLength + _entries[i].ValueLength + 32;
            }

            return size;
        }
    }

    /// <summary>The field line at <paramref name="index"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such line.</exception>
    public Field this[int index]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)_count, nameof(index));
            ref readonly var entry = ref _entries[index];
            return new Field(
                _bytes.AsSpan(entry.Offset, entry.NameLength),
                _bytes.AsSpan(entry.Offset + entry.NameLength, entry.ValueLength),
                entry.IsSensitive);
        }
    }

    /// <summary>Appends a field line; equal names stay separate and in order.</summary>
    public void Add(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool sensitive = false)
    {
        var offset = Append(name, value.Length, sensitive);
        value.CopyTo(_bytes.AsSpan(offset));
    }

    /// <summary>Appends a field line whose value is text; characters are written as Latin-1.</summary>
    public void Add(ReadOnlySpan<byte> name, string value, bool sensitive = false)
    {
        ArgumentNullException.ThrowIfNull(value);
        var offset = Append(name, value.Length, sensitive);
        Encoding.Latin1.GetBytes(value, _bytes.AsSpan(offset));
    }

    /// <summary>Appends a field line whose value spans segments.</summary>
    public void Add(ReadOnlySpan<byte> name, in ReadOnlySequence<byte> value, bool sensitive = false)
    {
        var offset = Append(name, checked((int)value.Length), sensitive);
        value.CopyTo(_bytes.AsSpan(offset));
    }

    /// <summary>Appends a field line and gives the room for its value, to be filled in at once.</summary>
    internal Span<byte> Reserve(ReadOnlySpan<byte> name, int valueLength, bool sensitive = false)
    {
        var offset = Append(name, valueLength, sensitive);
        return _bytes.AsSpan(offset, valueLength);
    }

    /// <summary>Appends every line of another list.</summary>
    public void AddRange(FieldList other)
    {
        ArgumentNullException.ThrowIfNull(other);
        for (var i = 0; i < other._count; i++)
        {
            var field = other[i];
            Add(field.Name, field.Value, field.IsSensitive);
        }
    }

    /// <summary>The index of the first line called <paramref name="name"/> at or after <paramref name="start"/>, or -1.</summary>
    public int IndexOf(ReadOnlySpan<byte> name, int start = 0)
    {
        for (var i = start; i < _count; i++)
        {
            ref readonly var entry = ref _entries[i];
            if (entry.NameLength == name.Length && Ascii.EqualsIgnoreCase(_bytes.AsSpan(entry.Offset, entry.NameLength), name))
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Whether the list has a line called <paramref name="name"/>.</summary>
    public bool Contains(ReadOnlySpan<byte> name) => IndexOf(name) >= 0;

    /// <summary>Gives the value of the first line called <paramref name="name"/>.</summary>
    public bool TryGet(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        var index = IndexOf(name);
        value = index < 0 ? default : this[index].Value;
        return index >= 0;
    }

    /// <summary>The value of the first line called <paramref name="name"/>, as Latin-1 text, or null.</summary>
    public string? GetString(ReadOnlySpan<byte> name) => TryGet(name, out var value) ? Encoding.Latin1.GetString(value) : null;

    /// <summary>Removes the line at <paramref name="index"/>; later lines move down by one.</summary>
    public void RemoveAt(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)_count, nameof(index));
        Array.Copy(_entries, index + 1, _entries, index, _count - index - 1);
        _count--;
    }

    /// <summary>Removes every line called <paramref name="name"/>.</summary>
    /// <returns>How many there were.</returns>
    public int Remove(ReadOnlySpan<byte> name)
    {
        var removed = 0;
        for (var i = IndexOf(name); i >= 0; i = IndexOf(name, i))
        {
            RemoveAt(i);
            removed++;
        }

        return removed;
    }

    /// <summary>Replaces every line called <paramref name="name"/> by one, at the end of the list.</summary>
    public void Set(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool sensitive = false)
    {
        Remove(name);
        Add(name, value, sensitive);
    }

    /// <summary>Empties the list and keeps its buffers.</summary>
    public void Clear()
    {
        _count = 0;
        _used = 0;
    }

    /// <summary>The lines in wire form, for logs and failing tests.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        for (var i = 0; i < _count; i++)
        {
            var field = this[i];
            text.Append(Encoding.Latin1.GetString(field.Name)).Append(": ");
            text.Append(field.IsSensitive ? "(sensitive)" : Encoding.Latin1.GetString(field.Value)).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Enumerates the lines without allocating.</summary>
    public Enumerator GetEnumerator() => new(this);

    private int Append(ReadOnlySpan<byte> name, int valueLength, bool sensitive)
    {
        var needed = name.Length + valueLength;
        if (_bytes.Length - _used < needed)
        {
            Array.Resize(ref _bytes, Math.Max(checked(_used + needed), Math.Max(1024, _bytes.Length * 2)));
        }

        if (_count == _entries.Length)
        {
            Array.Resize(ref _entries, Math.Max(16, _entries.Length * 2));
        }

        name.CopyTo(_bytes.AsSpan(_used));
        _entries[_count++] = new Entry { Offset = _used, NameLength = name.Length, ValueLength = valueLength, IsSensitive = sensitive };
        var valueOffset = _used + name.Length;
        _used += needed;
        return valueOffset;
    }

    /// <summary>Walks a <see cref="FieldList"/>.</summary>
    public ref struct Enumerator
    {
        private readonly FieldList _list;
        private int _index;

        internal Enumerator(FieldList list)
        {
            _list = list;
            _index = -1;
        }

        /// <summary>The line the enumerator stands at.</summary>
        public readonly Field Current => _list[_index];

        /// <summary>Goes to the next line.</summary>
        public bool MoveNext() => ++_index < _list._count;
    }
}
