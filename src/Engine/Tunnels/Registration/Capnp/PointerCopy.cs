namespace Engine.Tunnels.Registration.Capnp;

/// <summary>Copies what a pointer of a received message leads to into a message that is being written.</summary>
/// <remarks>The size of the copy is bounded by the traversal limit of the source.</remarks>
internal static class PointerCopy
{
    /// <summary>Copies a struct to the pointer at a word of <paramref name="builder"/>.</summary>
    public static void CopyStruct(StructReader source, CapnpBuilder builder, int at)
    {
        var dataWords = source.Data.Length / 8;
        var size = dataWords + source.PointerCount;
        var content = size == 0 ? at : builder.Allocate(size);
        builder.WritePointer(at, content, 0, (uint)dataWords | ((uint)source.PointerCount << 16));
        CopyContent(source, builder, content);
    }

    private static void Copy(PointerReader source, CapnpBuilder builder, int at)
    {
        if (source.IsNull)
        {
            return;
        }

        if (source.AsCapability() is { } index)
        {
            builder.WriteWord(at, 3 | ((ulong)index << 32));
        }
        else if (source.IsList)
        {
            CopyList(source.AsList(), builder, at);
        }
        else
        {
            CopyStruct(source.AsStruct(), builder, at);
        }
    }

    private static void CopyContent(StructReader source, CapnpBuilder builder, int content)
    {
        source.Data.CopyTo(builder.Span(content));
        for (var i = 0; i < source.PointerCount; i++)
        {
            Copy(source.Pointer(i), builder, content + (source.Data.Length / 8) + i);
        }
    }

    private static void CopyList(ListReader source, CapnpBuilder builder, int at)
    {
        var elementWords = (source.DataLength / 8) + source.PointerCount;
        switch (source.Size)
        {
            case ElementSize.Composite:
                var tag = builder.Allocate((elementWords * source.Count) + 1);
                builder.WritePointer(at, tag, 1, ((uint)(elementWords * source.Count) << 3) | (uint)ElementSize.Composite);
                builder.WriteWord(tag, ((uint)source.Count << 2) | ((ulong)(source.DataLength / 8) << 32) | ((ulong)source.PointerCount << 48));
                CopyElements(source, builder, tag + 1, elementWords);
                break;
            case ElementSize.Pointer:
                var first = builder.Allocate(source.Count);
                builder.WritePointer(at, first, 1, ((uint)source.Count << 3) | (uint)ElementSize.Pointer);
                CopyElements(source, builder, first, 1);
                break;
            default:
                var content = builder.Allocate(source.Words.Length / 8);
                source.Words.CopyTo(builder.Span(content));
                builder.WritePointer(at, content, 1, ((uint)source.Count << 3) | (uint)source.Size);
                break;
        }
    }

    private static void CopyElements(ListReader source, CapnpBuilder builder, int at, int step)
    {
        for (var i = 0; i < source.Count && step > 0; i++)
        {
            CopyContent(source.Struct(i), builder, at + (i * step));
        }
    }
}
