using System.Buffers.Binary;

namespace Engine.Tunnels.Registration.Capnp;

/// <summary>A struct in a message that is being written.</summary>
internal readonly struct StructBuilder(CapnpBuilder builder, int word, int dataWords, int pointers)
{
    public void U8(int offset, byte value) => Data(offset, 1)[0] = value;

    public void U16(int offset, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Data(offset, 2), value);

    public void U32(int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Data(offset, 4), value);

    public void U64(int offset, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Data(offset, 8), value);

    public void Bit(int offset, bool value)
    {
        var octet = Data(offset >> 3, 1);
        var mask = (byte)(1 << (offset & 7));
        octet[0] = (byte)(value ? octet[0] | mask : octet[0] & ~mask);
    }

    /// <summary>Allocates a struct and points to it.</summary>
    public StructBuilder Struct(int pointer, int dataSize, int pointerCount)
    {
        var at = PointerWord(pointer);
        var size = dataSize + pointerCount;
        // A struct of no size points at itself (offset -1), since an offset of zero would make the pointer null.
        var content = size == 0 ? at : builder.Allocate(size);
        builder.WritePointer(at, content, 0, (uint)dataSize | ((uint)pointerCount << 16));
        return new StructBuilder(builder, content, dataSize, pointerCount);
    }

    /// <summary>Writes text; the empty one is the default and takes no room.</summary>
    public void Text(int pointer, string text)
    {
        if (text.Length > 0)
        {
            builder.WriteText(PointerWord(pointer), text);
        }
    }

    /// <summary>Writes octets; none is the default and takes no room.</summary>
    public void Octets(int pointer, ReadOnlySpan<byte> octets)
    {
        if (!octets.IsEmpty)
        {
            builder.WriteOctets(PointerWord(pointer), octets);
        }
    }

    /// <summary>Writes a pointer to an entry of the capability table.</summary>
    public void Capability(int pointer, uint index) => builder.WriteWord(PointerWord(pointer), 3 | ((ulong)index << 32));

    /// <summary>Copies a struct of a received message, with all that it leads to.</summary>
    public void Copy(int pointer, StructReader source) => PointerCopy.CopyStruct(source, builder, PointerWord(pointer));

    /// <summary>Writes a list of texts.</summary>
    public void TextList(int pointer, IReadOnlyList<string> texts)
    {
        if (texts.Count == 0)
        {
            return;
        }

        var content = builder.Allocate(texts.Count);
        builder.WritePointer(PointerWord(pointer), content, 1, ((uint)texts.Count << 3) | (uint)ElementSize.Pointer);
        for (var i = 0; i < texts.Count; i++)
        {
            builder.WriteText(content + i, texts[i]);
        }
    }

    /// <summary>Allocates a list of structs, which may be empty, and points to it.</summary>
    /// <returns>The first element, if there is one; the others follow it.</returns>
    public StructBuilder StructList(int pointer, int count, int dataSize, int pointerCount)
    {
        var size = count * (dataSize + pointerCount);
        var tag = builder.Allocate(size + 1);
        builder.WritePointer(PointerWord(pointer), tag, 1, ((uint)size << 3) | (uint)ElementSize.Composite);
        builder.WriteWord(tag, ((uint)count << 2) | ((ulong)dataSize << 32) | ((ulong)pointerCount << 48));
        return new StructBuilder(builder, tag + 1, dataSize, pointerCount);
    }

    private int PointerWord(int pointer)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)pointer, (uint)pointers, nameof(pointer));
        return word + dataWords + pointer;
    }

    private Span<byte> Data(int offset, int length) => builder.Span(word)[..(dataWords * 8)].Slice(offset, length);
}
