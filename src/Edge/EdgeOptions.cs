namespace Engine.Edge;

/// <summary>What an <see cref="EdgeServer"/> listens on, whom it admits and where it sends visitors.</summary>
/// <remarks>Read once by <see cref="EdgeServer.StartAsync"/>; later changes have no effect.</remarks>
public sealed class EdgeOptions
{
    /// <summary>Where visitors are accepted; at least one.</summary>
    public IList<EdgeListener> PublicListeners { get; } = [];

    /// <summary>Where connectors are accepted, always over TLS; null when connections are only handed over in process.</summary>
    public System.Net.EndPoint? TunnelEndPoint { get; set; } = new System.Net.IPEndPoint(System.Net.IPAddress.IPv6Any, DefaultTunnelPort);

    /// <summary>Whether visitors are accepted only from the first registration on; until then they wait in the listeners' queues. False.</summary>
    /// <remarks>For an edge that starts together with its only connector: whoever comes between the two is not told that there is none.</remarks>
    public bool VisitorsWaitForConnector { get; set; }

    /// <summary>The tunnels that may register.</summary>
    public IList<EdgeTunnel> Tunnels { get; } = [];

    /// <summary>Which public host name goes to which tunnel.</summary>
    public IList<EdgeRoute> Routes { get; } = [];

    /// <summary>Certificates for TLS visitors, chosen by server name; where none fits, the edge's own authority issues one.</summary>
    public IList<EdgeCertificate> Certificates { get; } = [];

    /// <summary>Where the private authority and what else must outlive a restart is kept; null keeps all of it in memory.</summary>
    /// <remarks>Made with mode 0700, the files in it with 0600. A folder that others may enter is refused.</remarks>
    public string? DataFolder { get; set; }

    /// <summary>Names or addresses, beside the usual ones, that the tunnel listener's certificate is valid for.</summary>
    public IList<string> TunnelServerNames { get; } = [];

    /// <summary>The short place name that connectors show and that ends every trace id; letters and digits, 1 to 16.</summary>
    public string Location { get; set; } = "EDGE";

    /// <summary>Time-outs and sizes.</summary>
    public EdgeLimits Limits { get; } = new();

    /// <summary>The port that connectors dial unless told otherwise.</summary>
    public const int DefaultTunnelPort = 7844;
}
