namespace Engine.Tunnels.Registration;

/// <summary>The interface that the edge offers on the control stream.</summary>
internal static class RegistrationInterface
{
    /// <summary>The type id of RegistrationServer, the interface that declares the methods.</summary>
    public const ulong Id = 0xf71695ec7fe85497;

    /// <summary>registerConnection(auth, tunnelId, connIndex, options) -> (result).</summary>
    public const ushort RegisterConnection = 0;

    /// <summary>unregisterConnection() -> ().</summary>
    public const ushort UnregisterConnection = 1;

    /// <summary>updateLocalConfiguration(config) -> ().</summary>
    public const ushort UpdateLocalConfiguration = 2;
}
