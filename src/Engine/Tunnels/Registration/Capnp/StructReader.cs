using System.Buffers.Binary;

namespace Engine.Tunnels.Registration.Capnp;

/// <summary>A struct of a message. What lies beyond its end, because the writer knew an older schema, reads as the default.</summary>
internal readonly struct StructReader
{
    private readonly CapnpMessage? _message;
    private readonly int _segment;
    private readonly int _data;
    private readonly int _dataLength;
    private readonly int _pointers;
    private readonly int _pointerCount;
    private readonly int _depth;

    /// <param name="message">The message.</param>
    /// <param name="segment">The segment of the struct, whose range was required by the caller.</param>
    /// <param name="data">The offset of the data section, in octets.</param>
    /// <param name="dataLength">Its length, in octets.</param>
    /// <param name="pointers">The word index of the pointer section.</param>
    /// <param name="pointerCount">Its length, in words.</param>
    /// <param name="depth">How many pointers were followed to get here.</param>
    public StructReader(CapnpMessage message, int segment, int data, int dataLength, int pointers, int pointerCount, int depth)
    {
        _message = message;
        _segment = segment;
        _data = data;
        _dataLength = dataLength;
        _pointers = pointers;
        _pointerCount = pointerCount;
        _depth = depth;
    }

    /// <summary>Whether the struct is there, or stands for all defaults.</summary>
    public bool IsNull => _message is null;

    /// <summary>The data section as it came.</summary>
    public ReadOnlySpan<byte> Data => _message is null ? default : _message.Slice(_segment, _data, _dataLength);

    /// <summary>The length of the pointer section.</summary>
    public int PointerCount => _pointerCount;

    public byte U8(int offset) => offset < _dataLength ? Data[offset] : (byte)0;

    public ushort U16(int offset) => offset + 2 <= _dataLength ? BinaryPrimitives.ReadUInt16LittleEndian(Data[offset..]) : (ushort)0;

    public uint U32(int offset) => offset + 4 <= _dataLength ? BinaryPrimitives.ReadUInt32LittleEndian(Data[offset..]) : 0;

    public ulong U64(int offset) => offset + 8 <= _dataLength ? BinaryPrimitives.ReadUInt64LittleEndian(Data[offset..]) : 0;

    public bool Bit(int offset) => (U8(offset >> 3) >> (offset & 7) & 1) != 0;

    public PointerReader Pointer(int index) =>
        _message is null || (uint)index >= (uint)_pointerCount ? default : new PointerReader(_message, _segment, _pointers + index, _depth);

    public StructReader Struct(int index) => Pointer(index).AsStruct();

    public string Text(int index) => Pointer(index).AsText();

    public ReadOnlySpan<byte> Octets(int index) => Pointer(index).AsData();
}
