using System.Buffers;
using Engine.Fields;

namespace Engine.Http2.Hpack;

/// <summary>Encodes field lists (RFC 7541 §6) and keeps the dynamic table that the peer's decoder mirrors.</summary>
/// <remarks>
/// Owned by a connection's send side; not thread-safe. What is encoded must be sent, and in that order: hold the send lock from
/// <see cref="Encode"/> until the block is queued. Allocates nothing in the steady state.
/// </remarks>
internal sealed class HpackEncoder
{
    // The first octet of each representation (§6), and how many bits of it are an integer's prefix.
    private const byte Indexed = 0x80;
    private const byte LiteralWithIndexing = 0x40;
    private const byte TableSizeUpdate = 0x20;
    private const byte LiteralNeverIndexed = 0x10;
    private const byte LiteralWithoutIndexing = 0x00;
    private const byte HuffmanCoded = 0x80;

    // A field that would evict more than three quarters of the table is not worth its place.
    private const int LargestShareNumerator = 3;
    private const int LargestShareDenominator = 4;

    private readonly HpackEncoderTable _table;
    private readonly int _ownLimit;
    private int _wantedSize;
    private int _smallestSize; // the smallest wanted since the last block: the peer must evict down to it (§4.2)
    private byte[] _lowerCase = [];

    /// <summary>Makes an encoder whose table never exceeds <paramref name="maxTableSize"/>, whatever the peer allows.</summary>
    public HpackEncoder(int maxTableSize = HpackDecoder.DefaultTableSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxTableSize);
        _ownLimit = maxTableSize;
        _table = new HpackEncoderTable(HpackDecoder.DefaultTableSize, Math.Max(maxTableSize, HpackDecoder.DefaultTableSize));
        _wantedSize = _smallestSize = Math.Min(maxTableSize, HpackDecoder.DefaultTableSize);
    }

    /// <summary>The size of the dynamic table, as RFC 7541 §4.1 counts.</summary>
    public int TableSize => _table.Size;

    /// <summary>Takes the peer's SETTINGS_HEADER_TABLE_SIZE; the next block announces the change. Call when its SETTINGS are acknowledged.</summary>
    public void SetMaxTableSize(uint size)
    {
        _wantedSize = (int)Math.Min(size, (uint)_ownLimit);
        _smallestSize = Math.Min(_smallestSize, _wantedSize);
    }

    /// <summary>Appends the field block of <paramref name="fields"/>: names in lower case (RFC 9113 §8.2), secrets as never-indexed literals.</summary>
    public void Encode(FieldList fields, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(fields);
        ArgumentNullException.ThrowIfNull(output);
        WriteTableSizeUpdates(output);
        foreach (var field in fields)
        {
            var name = field.Name.ContainsAnyInRange((byte)'A', (byte)'Z') ? LowerCase(field.Name) : field.Name;
            if (field.IsSensitive || HpackSecrets.Contains(name))
            {
                WriteSecret(output, name, field.Value);
            }
            else
            {
                WriteField(output, name, field.Value);
            }
        }
    }

    private void WriteTableSizeUpdates(IBufferWriter<byte> output)
    {
        if (_smallestSize < Math.Min(_wantedSize, _table.MaxSize))
        {
            Announce(output, _smallestSize);
        }

        if (_wantedSize != _table.MaxSize)
        {
            Announce(output, _wantedSize);
        }

        _smallestSize = _wantedSize;
    }

    private void Announce(IBufferWriter<byte> output, int size)
    {
        _table.Resize(size);
        output.Advance(HpackInteger.Write(output.GetSpan(HpackInteger.MaxSize), 5, TableSizeUpdate, size));
    }

    private void WriteSecret(IBufferWriter<byte> output, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var nameHash = HpackHash.OfName(name);
        WriteLiteral(output, 4, LiteralNeverIndexed, FindName(name, nameHash), name, value);
    }

    private void WriteField(IBufferWriter<byte> output, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var nameHash = HpackHash.OfName(name);
        var nameIndex = HpackStaticTable.FindName(name, nameHash);
        var index = nameIndex == 0 ? 0 : HpackStaticTable.FindValue(nameIndex, value);
        if (index == 0 && IsWorthIndexing(name, value))
        {
            var fieldHash = HpackHash.OfField(nameHash, value);
            index = _table.FindField(name, value, fieldHash);
            if (index == 0)
            {
                nameIndex = nameIndex == 0 ? _table.FindName(name, nameHash) : nameIndex;
                WriteLiteral(output, 6, LiteralWithIndexing, nameIndex, name, value);
                _table.Add(name, value, nameHash, fieldHash);
                return;
            }
        }

        if (index != 0)
        {
            output.Advance(HpackInteger.Write(output.GetSpan(HpackInteger.MaxSize), 7, Indexed, index));
            return;
        }

        nameIndex = nameIndex == 0 ? _table.FindName(name, nameHash) : nameIndex;
        WriteLiteral(output, 4, LiteralWithoutIndexing, nameIndex, name, value);
    }

    private int FindName(ReadOnlySpan<byte> name, uint nameHash)
    {
        var index = HpackStaticTable.FindName(name, nameHash);
        return index == 0 ? _table.FindName(name, nameHash) : index;
    }

    /// <summary>Whether a field may come again before it is evicted: not one that differs from message to message, nor one that evicts almost all.</summary>
    private bool IsWorthIndexing(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var size = (long)name.Length + value.Length + HpackDynamicTable.EntryOverhead;
        if (size * LargestShareDenominator > (long)_table.MaxSize * LargestShareNumerator)
        {
            return false;
        }

        return !(name.Length switch
        {
            3 => name.SequenceEqual("age"u8),
            4 => name.SequenceEqual("etag"u8),
            5 => name.SequenceEqual(":path"u8),
            8 => name.SequenceEqual("location"u8),
            13 => name.SequenceEqual("if-none-match"u8) || name.SequenceEqual("content-range"u8),
            14 => name.SequenceEqual("content-length"u8),
            17 => name.SequenceEqual("if-modified-since"u8),
            _ => false,
        });
    }

    private static void WriteLiteral(
        IBufferWriter<byte> output, int prefixBits, byte representation, int nameIndex, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var nameRoom = nameIndex == 0 ? HpackInteger.MaxSize + name.Length : 0;
        var span = output.GetSpan(checked(HpackInteger.MaxSize + nameRoom + HpackInteger.MaxSize + value.Length));
        var length = HpackInteger.Write(span, prefixBits, representation, nameIndex);
        if (nameIndex == 0)
        {
            length += WriteString(span[length..], name);
        }

        length += WriteString(span[length..], value);
        output.Advance(length);
    }

    /// <summary>A string literal (§5.2), Huffman-coded when that is shorter.</summary>
    private static int WriteString(Span<byte> destination, ReadOnlySpan<byte> value)
    {
        var coded = Huffman.EncodedLength(value);
        if (coded >= value.Length)
        {
            var start = HpackInteger.Write(destination, 7, 0, value.Length);
            value.CopyTo(destination[start..]);
            return start + value.Length;
        }

        var codedStart = HpackInteger.Write(destination, 7, HuffmanCoded, coded);
        Huffman.Encode(value, destination.Slice(codedStart, coded));
        return codedStart + coded;
    }

    private ReadOnlySpan<byte> LowerCase(ReadOnlySpan<byte> name)
    {
        if (_lowerCase.Length < name.Length)
        {
            _lowerCase = new byte[Math.Max(64, name.Length)];
        }

        Span<byte> lower = _lowerCase;
        name.CopyTo(lower);
        lower = lower[..name.Length];
        foreach (ref var octet in lower)
        {
            if (octet is >= (byte)'A' and <= (byte)'Z')
            {
                octet |= 0x20;
            }
        }

        return lower;
    }
}
