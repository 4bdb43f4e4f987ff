using System.Buffers;
using Engine.Fields;

namespace Engine.Http2.Hpack;

internal sealed class HpackDecoder
{
    public HpackDecoder(int maxTableSize = 4096) => _ = maxTableSize;

    public void AcknowledgeMaxTableSize() => throw new NotSupportedException();

    public HpackDecodeResult Decode(in ReadOnlySequence<byte> block, FieldList into, int maxListSize) => throw new NotSupportedException();
}
