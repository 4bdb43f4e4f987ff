using Engine.Tunnels.Registration.Capnp;

namespace Engine.Tunnels.Registration.Rpc;

/// <summary>An RPC exception: <c>type u16@4 | reason Text</c>.</summary>
internal sealed record RpcError(RpcErrorKind Kind, string Reason)
{
    public const int DataWords = 1;
    public const int PointerCount = 1;

    public static RpcError Read(StructReader source) => new((RpcErrorKind)source.U16(4), source.Text(0));

    public void Write(StructBuilder target)
    {
        target.U16(4, (ushort)Kind);
        target.Text(0, Reason);
    }
}
