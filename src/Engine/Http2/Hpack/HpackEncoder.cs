using System.Buffers;
using Engine.Fields;

namespace Engine.Http2.Hpack;

internal sealed class HpackEncoder
{
    public HpackEncoder(int maxTableSize = 4096) => _ = maxTableSize;

    public void SetMaxTableSize(uint size) => throw new NotSupportedException();

    public void Encode(FieldList fields, IBufferWriter<byte> output) => throw new NotSupportedException();
}
