namespace Engine.Edge;

/// <summary>How long an edge waits for its peers, and how much it keeps for them.</summary>
public sealed class EdgeLimits
{
    /// <summary>From the first octet of a request, or from accept, to the end of its head. 10 s.</summary>
    public TimeSpan HeadTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a visitor's connection may stand idle between requests. 75 s.</summary>
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(75);

    /// <summary>The TLS handshake of visitors and connectors. 10 s.</summary>
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>From a connector's handshake to its accepted registration. 10 s.</summary>
    public TimeSpan RegistrationTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a visitor may send nothing of a body that it began, until its answer begins. 10 min; zero for ever.</summary>
    public TimeSpan BodyTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a visitor may take nothing of its answer. 10 min; zero for ever. WebSockets and other upgrades have no such limit.</summary>
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a visitor may stall inside what remains of a request whose answer is complete. 10 s.</summary>
    public TimeSpan LingerTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long running streams may go on when a connector unregisters. 3 min, the longest grace period of the original connector.</summary>
    public TimeSpan DrainTimeout { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>How long the streams of a connection may go on that a newer one of the same connector and index has replaced. 5 s.</summary>
    public TimeSpan ReplacedTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Visitors' connections at a time, over all listeners; those beyond it are closed on accept. 10,000.</summary>
    public int MaxVisitorConnections { get; set; } = 10_000;

    /// <summary>Connections of one visitor's address (IPv6: its /64) at a time; those beyond it are closed on accept. 1,000; zero for no limit. Loopback has none.</summary>
    public int MaxConnectionsPerVisitor { get; set; } = 1000;

    /// <summary>Requests and upgrades of one visitor's address that run at a time, over all of its connections. 5,000; zero for no limit. Loopback has none.</summary>
    public int MaxStreamsPerVisitor { get; set; } = 5000;

    /// <summary>Streams that a visitor's HTTP/2 connection may have open. 100.</summary>
    public int MaxStreamsPerConnection { get; set; } = 100;

    /// <summary>Tunnel connections that have not registered yet, at a time; those beyond it are closed on accept. 256.</summary>
    public int MaxUnregisteredConnections { get; set; } = 256;

    /// <summary>The octets of a request's head. 64 KiB.</summary>
    public int MaxHeadSize { get; set; } = 64 * 1024;
}
