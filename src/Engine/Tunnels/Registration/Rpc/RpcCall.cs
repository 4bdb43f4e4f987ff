using Engine.Tunnels.Registration.Capnp;

namespace Engine.Tunnels.Registration.Rpc;

/// <summary>A Call: <c>questionId u32@0, methodId u16@4, sendResultsTo u16@6, interfaceId u64@8, flags@16 | target, params, sendResultsTo</c>.</summary>
internal readonly struct RpcCall(StructReader body)
{
    public const int DataWords = 3;
    public const int PointerCount = 3;

    public uint QuestionId => body.U32(0);

    public ushort MethodId => body.U16(4);

    public ulong InterfaceId => body.U64(8);

    public RpcTarget Target => RpcTarget.Read(body.Struct(0));

    public RpcPayload Parameters => new(body.Struct(1));
}
