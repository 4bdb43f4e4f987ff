using System.Net;
using System.Security.Cryptography;

namespace Engine.Tunnels;

/// <summary>What a connector said about itself when it registered a connection.</summary>
/// <remarks>Everything here comes from the connector and is to be judged, not believed, except <see cref="RemoteEndPoint"/>.</remarks>
public sealed class TunnelRegistrationRequest
{
    private byte[] _secret = [];

    /// <summary>The account that the connector names.</summary>
    public string AccountTag { get; init; } = "";

    /// <summary>The tunnel that it wants to serve.</summary>
    public Guid TunnelId { get; init; }

    /// <summary>The id of the connector's process.</summary>
    public Guid ConnectorId { get; init; }

    /// <summary>The index of the connection in the connector, 0 to 255.</summary>
    public int ConnectionIndex { get; init; }

    /// <summary>The connector's version.</summary>
    public string Version { get; init; } = "";

    /// <summary>Its system and processor, as <c>linux_amd64</c>.</summary>
    public string Architecture { get; init; } = "";

    /// <summary>What it can do.</summary>
    public IReadOnlyList<string> Features { get; init; } = [];

    /// <summary>The address that the connector believes to have, or null.</summary>
    public IPAddress? OriginLocalAddress { get; init; }

    /// <summary>The address that the connection came from.</summary>
    public EndPoint? RemoteEndPoint { get; init; }

    /// <summary>Whether an older connection of the same index should go.</summary>
    public bool ReplaceExisting { get; init; }

    /// <summary>How often the connector tried before.</summary>
    public int PreviousAttempts { get; init; }

    /// <summary>The secret as received, taken over; kept from everyone but the comparison.</summary>
    internal byte[] Secret
    {
        init => _secret = value;
    }

    /// <summary>Whether the connector showed <paramref name="expected"/>, in a time that depends on the lengths only.</summary>
    /// <remarks>False for everyone once the registration was decided: the secret is wiped then.</remarks>
    public bool SecretEquals(ReadOnlySpan<byte> expected) =>
        expected.Length > 0 && CryptographicOperations.FixedTimeEquals(_secret, expected);

    /// <summary>Wipes the secret.</summary>
    internal void ForgetSecret()
    {
        CryptographicOperations.ZeroMemory(_secret);
        _secret = [];
    }
}
