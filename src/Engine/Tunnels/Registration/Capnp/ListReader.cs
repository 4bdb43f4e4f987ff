namespace Engine.Tunnels.Registration.Capnp;

/// <summary>A list of a message.</summary>
/// <remarks>Any list but one of bits can be read as a list of structs, since a schema may grow so.</remarks>
internal readonly struct ListReader
{
    private readonly CapnpMessage? _message;
    private readonly int _segment;
    private readonly int _offset;
    private readonly int _step;
    private readonly int _dataLength;
    private readonly int _pointerCount;
    private readonly int _depth;

    private ListReader(CapnpMessage message, int segment, int offset, int step, int dataLength, int pointerCount, int count, ElementSize size, int depth)
    {
        _message = message;
        _segment = segment;
        _offset = offset;
        _step = step;
        _dataLength = dataLength;
        _pointerCount = pointerCount;
        _depth = depth;
        Count = count;
        Size = size;
    }

    // Bits an element takes, by ElementSize; a composite says its own.
    private static ReadOnlySpan<byte> BitWidths => [0, 1, 8, 16, 32, 64, 64];

    /// <summary>How many elements there are.</summary>
    public int Count { get; }

    /// <summary>What they are.</summary>
    public ElementSize Size { get; }

    /// <summary>Every element as octets: for lists of octets only.</summary>
    public ReadOnlySpan<byte> Octets =>
        _message is null ? default
        : Size == ElementSize.Octet ? _message.Slice(_segment, _offset, Count)
        : throw new MessageFormatException("Octets were expected where the message has another list.");

    /// <summary>The words of a list without pointers, as they came.</summary>
    public ReadOnlySpan<byte> Words => _message is null || Size is ElementSize.Pointer or ElementSize.Composite
        ? default
        : _message.Slice(_segment, _offset, (int)(WordCount(Size, Count) * 8));

    /// <summary>The octets of the data section of each element.</summary>
    public int DataLength => _dataLength;

    /// <summary>The pointers of each element.</summary>
    public int PointerCount => _pointerCount;

    /// <summary>An element as a struct.</summary>
    public StructReader Struct(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)Count, nameof(index));
        if (Size == ElementSize.Bit)
        {
            throw new MessageFormatException("Structs were expected where the message has bits.");
        }

        var start = _offset + (index * _step);
        return new StructReader(_message!, _segment, start, _dataLength, (start + _dataLength) / 8, _pointerCount, _depth);
    }

    /// <summary>An element as a pointer; of a struct, its first.</summary>
    public PointerReader Pointer(int index) => Struct(index).Pointer(0);

    /// <summary>Reads the list at a place of a message, as its list pointer describes it.</summary>
    public static ListReader Create(CapnpMessage message, int segment, long content, int elementSize, int count, int depth)
    {
        if (elementSize == (int)ElementSize.Composite)
        {
            return CreateComposite(message, segment, content, count, depth);
        }

        var words = WordCount((ElementSize)elementSize, count);
        message.Require(segment, content, words);
        message.Charge(elementSize == 0 ? count : words + 1);
        var isPointer = elementSize == (int)ElementSize.Pointer;
        var step = BitWidths[elementSize] / 8;
        return new ListReader(message, segment, (int)content * 8, step, isPointer ? 0 : step, isPointer ? 1 : 0, count, (ElementSize)elementSize, depth);
    }

    private static long WordCount(ElementSize size, int count) => (((long)count * BitWidths[(int)size]) + 63) / 64;

    private static ListReader CreateComposite(CapnpMessage message, int segment, long content, int words, int depth)
    {
        message.Require(segment, content, words + 1L);
        var tag = message.Word(segment, (int)content);
        var dataWords = (int)(ushort)(tag >> 32);
        var pointers = (int)(ushort)(tag >> 48);
        var count = (long)((uint)tag >> 2);
        if ((tag & 3) != 0 || count * (dataWords + pointers) > words)
        {
            throw new MessageFormatException("A list of structs is longer than its own count of words.");
        }

        // Elements may have no size at all: then their number is what costs.
        message.Charge(Math.Max(words, count) + 1);
        return new ListReader(
            message, segment, ((int)content + 1) * 8, (dataWords + pointers) * 8, dataWords * 8, pointers, (int)count, ElementSize.Composite, depth);
    }
}
