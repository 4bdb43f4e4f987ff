using Engine.Tunnels.Registration.Capnp;

namespace Engine.Tunnels.Registration.Rpc;

/// <summary>A Return: <c>answerId u32@0, releaseParamCaps bit 32 inverted, tag u16@6 | results Payload or Exception</c>.</summary>
internal readonly struct RpcReturn(StructReader body)
{
    public const int DataWords = 2;
    public const int PointerCount = 1;

    public uint AnswerId => body.U32(0);

    public RpcReturnKind Kind => (RpcReturnKind)body.U16(6);

    public RpcPayload Results => new(body.Struct(0));

    public RpcError Error => RpcError.Read(body.Struct(0));
}
