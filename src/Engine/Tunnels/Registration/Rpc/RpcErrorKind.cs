namespace Engine.Tunnels.Registration.Rpc;

/// <summary>The type of an RPC exception.</summary>
internal enum RpcErrorKind : ushort
{
    Failed = 0,
    Overloaded = 1,
    Disconnected = 2,
    Unimplemented = 3,
}
