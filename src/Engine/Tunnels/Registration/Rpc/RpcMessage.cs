using Engine.Tunnels.Registration.Capnp;

namespace Engine.Tunnels.Registration.Rpc;

/// <summary>A received RPC message: <c>which u16@0 | body</c>. The views below read it on demand.</summary>
internal readonly struct RpcMessage(StructReader root)
{
    /// <summary>What it is; may be a kind that is not in the enumeration.</summary>
    public RpcMessageKind Kind => (RpcMessageKind)root.U16(0);

    /// <summary>The struct that the kind says.</summary>
    public StructReader Body => root.Struct(0);

    /// <summary>The question of a Bootstrap, Call or Finish, or the answer of a Return: the same number seen from two sides.</summary>
    public uint QuestionId => Body.U32(0);

    /// <summary>The reason of an Abort.</summary>
    public RpcError Error => RpcError.Read(Body);

    /// <summary>The message that an Unimplemented sends back.</summary>
    public RpcMessage Rejected => new(Body);

    /// <summary>The Call.</summary>
    public RpcCall Call => new(Body);

    /// <summary>The Return.</summary>
    public RpcReturn Return => new(Body);

    /// <summary>The root struct as a pointer's content, to send it back.</summary>
    public StructReader Root => root;
}
