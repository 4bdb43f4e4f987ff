namespace Engine.Tunnels.Registration.Rpc;

/// <summary>An entry of a capability table: <c>tag u16@0, id u32@4</c>.</summary>
internal readonly record struct RpcCapability(RpcCapabilityKind Kind, uint Id);
