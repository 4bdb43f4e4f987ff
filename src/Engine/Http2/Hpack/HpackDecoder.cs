using System.Buffers;
using Engine.Fields;

namespace Engine.Http2.Hpack;

/// <summary>Decodes field blocks (RFC 7541 §3, §6) and keeps the state that they share.</summary>
/// <remarks>
/// Owned by a connection's receive loop; not thread-safe. Every block that arrives must be decoded, in order and whole, also that of a
/// stream nobody wants. The work for a block is bounded by its length plus the list size that is allowed: once a list is too large an
/// indexed field costs its look-up only, so that references to one large entry cannot multiply (an "HPACK bomb").
/// </remarks>
internal sealed class HpackDecoder
{
    /// <summary>SETTINGS_HEADER_TABLE_SIZE before any SETTINGS (RFC 9113 §6.5.2).</summary>
    public const int DefaultTableSize = 4096;

    private readonly HpackDynamicTable _table = new(DefaultTableSize);
    private readonly int _setting;
    private int _limit;

    // Of the block being decoded:
    private byte[] _scratch = [];
    private int _scratchUsed;
    private long _listSize;

    /// <summary>Makes the decoder of a connection that announces <paramref name="maxTableSize"/> as its SETTINGS_HEADER_TABLE_SIZE.</summary>
    public HpackDecoder(int maxTableSize = DefaultTableSize)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxTableSize);
        _setting = maxTableSize;
        _limit = Math.Max(maxTableSize, DefaultTableSize);
    }

    /// <summary>The size of the dynamic table, as RFC 7541 §4.1 counts.</summary>
    public int TableSize => _table.Size;

    /// <summary>Tells that the peer acknowledged our settings: from now on a table above the announced size is an error (RFC 9113 §4.3.1).</summary>
    public void AcknowledgeMaxTableSize() => _limit = _setting;

    /// <summary>Decodes one whole block and appends its fields to <paramref name="into"/>.</summary>
    /// <param name="block">The payloads of HEADERS and its CONTINUATION frames, without padding and priority.</param>
    /// <param name="into">An empty list. Literals that came as never-indexed are marked as sensitive in it.</param>
    /// <param name="maxListSize">How large the list may be, as <see cref="FieldList.Size"/> counts.</param>
    /// <exception cref="HpackException">The block is malformed; the connection cannot go on.</exception>
    public HpackDecodeResult Decode(in ReadOnlySequence<byte> block, FieldList into, int maxListSize)
    {
        var length = checked((int)block.Length);
        byte[]? copy = null;
        try
        {
            _scratch = ArrayPool<byte>.Shared.Rent(Huffman.MaxDecodedLength(length) + 1);
            var octets = block.FirstSpan;
            if (octets.Length != length)
            {
                copy = ArrayPool<byte>.Shared.Rent(length);
                block.CopyTo(copy);
                octets = copy.AsSpan(0, length);
            }

            return Decode(octets, into, maxListSize);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(_scratch);
            _scratch = [];
            if (copy is not null)
            {
                ArrayPool<byte>.Shared.Return(copy);
            }
        }
    }

    private HpackDecodeResult Decode(ReadOnlySpan<byte> block, FieldList into, int maxListSize)
    {
        _listSize = 0;
        ReadTableSizeUpdates(ref block);
        while (!block.IsEmpty)
        {
            _scratchUsed = 0;
            var first = block[0];
            if (first >= 0x80)
            {
                ReadIndexed(ref block, into, maxListSize);
            }
            else if (first >= 0x40)
            {
                ReadLiteral(ref block, 6, isIndexed: true, isSensitive: false, into, maxListSize);
            }
            else if (first >= 0x20)
            {
                throw new HpackException("A dynamic table size update stands behind a field; it may only begin a field block.");
            }
            else
            {
                ReadLiteral(ref block, 4, isIndexed: false, isSensitive: first >= 0x10, into, maxListSize);
            }
        }

        if (_listSize <= maxListSize)
        {
            return HpackDecodeResult.Complete;
        }

        into.Clear();
        return HpackDecodeResult.TooLarge;
    }

    /// <summary>001xxxxx at the beginning of a block: the encoder's table has another size (§6.3).</summary>
    private void ReadTableSizeUpdates(ref ReadOnlySpan<byte> block)
    {
        while (!block.IsEmpty && (block[0] & 0xE0) == 0x20)
        {
            var size = HpackInteger.Read(ref block, 5);
            if (size > _limit)
            {
                throw new HpackException("A dynamic table size update is above SETTINGS_HEADER_TABLE_SIZE.");
            }

            _table.Resize(size);
        }

        if (_table.MaxSize > _limit)
        {
            throw new HpackException("A field block after the acknowledgement of a smaller SETTINGS_HEADER_TABLE_SIZE does not begin with a dynamic table size update.");
        }
    }

    /// <summary>1xxxxxxx: a field from a table (§6.1).</summary>
    private void ReadIndexed(ref ReadOnlySpan<byte> block, FieldList into, int maxListSize)
    {
        var index = HpackInteger.Read(ref block, 7);
        if (index is > 0 and <= HpackStaticTable.Count)
        {
            Emit(HpackStaticTable.NameAt(index), HpackStaticTable.ValueAt(index), isSensitive: false, into, maxListSize);
            return;
        }

        var number = NumberOf(index);
        Emit(_table.NameAt(number), _table.ValueAt(number), isSensitive: false, into, maxListSize);
    }

    /// <summary>01xxxxxx, 0000xxxx, 0001xxxx: a value, with a name from a table or (index 0) of its own (§6.2).</summary>
    private void ReadLiteral(ref ReadOnlySpan<byte> block, int prefixBits, bool isIndexed, bool isSensitive, FieldList into, int maxListSize)
    {
        var index = HpackInteger.Read(ref block, prefixBits);
        var name = index == 0 ? ReadString(ref block) : NameAt(index);
        var value = ReadString(ref block);
        Emit(name, value, isSensitive, into, maxListSize);
        if (isIndexed)
        {
            _table.Add(name, value);
        }
    }

    /// <summary>A string literal (§5.2): a slice of the block, or of the scratch buffer when it was coded.</summary>
    /// <remarks>
    /// <code>
    ///   0   1   2   3   4   5   6   7
    /// +---+---+---+---+---+---+---+---+
    /// | H |    String Length (7+)     |
    /// +---+---------------------------+
    /// |  String Data (Length octets)  |
    /// +-------------------------------+
    /// </code>
    /// </remarks>
    private ReadOnlySpan<byte> ReadString(ref ReadOnlySpan<byte> block)
    {
        if (block.IsEmpty)
        {
            throw new HpackException("The field block ends before a string.");
        }

        var isCoded = block[0] >= 0x80;
        var length = HpackInteger.Read(ref block, 7);
        if (length > block.Length)
        {
            throw new HpackException("The field block ends inside a string.");
        }

        var octets = block[..length];
        block = block[length..];
        if (!isCoded)
        {
            return octets;
        }

        var destination = _scratch.AsSpan(_scratchUsed);
        var decoded = Huffman.Decode(octets, destination);
        _scratchUsed += decoded;
        return destination[..decoded];
    }

    private ReadOnlySpan<byte> NameAt(int index) =>
        index <= HpackStaticTable.Count ? HpackStaticTable.NameAt(index) : _table.NameAt(NumberOf(index));

    /// <summary>The table's number of a field from its index, which counts from the newest, behind the static table (§2.3.3).</summary>
    private long NumberOf(int index)
    {
        var number = _table.Added - (index - HpackStaticTable.Count);
        if (index == 0 || number < _table.Oldest)
        {
            throw new HpackException("A field's index is in neither table.");
        }

        return number;
    }

    private void Emit(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool isSensitive, FieldList into, int maxListSize)
    {
        _listSize += (long)name.Length + value.Length + HpackDynamicTable.EntryOverhead;
        if (_listSize <= maxListSize)
        {
            into.Add(name, value, isSensitive);
        }
    }
}
