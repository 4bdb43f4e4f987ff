namespace Engine.Tunnels.Registration.Rpc;

/// <summary>Where a capability lives, seen from the sender of the message.</summary>
internal enum RpcCapabilityKind : ushort
{
    None = 0,
    SenderHosted = 1,
    SenderPromise = 2,
    ReceiverHosted = 3,
    ReceiverAnswer = 4,
    ThirdPartyHosted = 5,
}
