namespace Engine.Tunnels.Registration.Rpc;

/// <summary>The kinds of RPC messages: the tag at offset 0 of the root struct.</summary>
internal enum RpcMessageKind : ushort
{
    Unimplemented = 0,
    Abort = 1,
    Call = 2,
    Return = 3,
    Finish = 4,
    Resolve = 5,
    Release = 6,
    Bootstrap = 8,
    Disembargo = 13,
}
