using System.Net;

namespace Engine.Tunnels;

/// <summary>What a connector says about itself and one of its connections when it registers.</summary>
public sealed class TunnelRegistration
{
    /// <summary>The tunnel to serve.</summary>
    public required TunnelCredentials Credentials { get; init; }

    /// <summary>The id of the connector: random, new for each process, the same for all its connections.</summary>
    public required Guid ConnectorId { get; init; }

    /// <summary>The index of this connection in the connector: 0 to 255.</summary>
    public int ConnectionIndex { get; init; }

    /// <summary>The connector's version; for display at the edge.</summary>
    public string Version { get; init; } = "DEV";

    /// <summary>System and processor, as <c>linux_amd64</c>. Default: this machine's.</summary>
    public string Architecture { get; init; } = TunnelFeatures.LocalArchitecture;

    /// <summary>The names of what the connector can do. Default: <see cref="TunnelFeatures.Default"/>. Names that begin with
    /// <c>engine/</c> are added by the connection itself, and only for an edge that asked for them.</summary>
    public IReadOnlyList<string> Features { get; init; } = TunnelFeatures.Default;

    /// <summary>The local address to report, or null for the transport's own.</summary>
    public IPAddress? LocalAddress { get; init; }

    /// <summary>How often this connection was tried since it last worked: 0 to 255.</summary>
    public int PreviousAttempts { get; init; }

    /// <summary>Whether the edge should drop an older connection of the same index.</summary>
    public bool ReplaceExisting { get; init; }
}
