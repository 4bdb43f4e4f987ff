namespace Engine.Origins;

/// <summary>How an origin is reached: the <c>originRequest</c> keys of a configuration file.</summary>
/// <remarks>Immutable once built; shared by every stream of a rule.</remarks>
public sealed record OriginOptions
{
    /// <summary>What applies where nothing is configured.</summary>
    public static OriginOptions Default { get; } = new();

    /// <summary>Limit on the TCP connect. Default 30 s; zero means no limit.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Limit on the TLS handshake. Default 10 s; zero means no limit.</summary>
    public TimeSpan TlsTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Idle time before, and between, TCP keep-alive probes. Default 30 s; zero turns them off.</summary>
    public TimeSpan TcpKeepAlive { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>True to try the addresses of a name one after the other instead of racing IPv6 and IPv4.</summary>
    public bool NoHappyEyeballs { get; init; }

    /// <summary>How long an idle connection stays in the pool. Default 90 s.</summary>
    public TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>How many idle connections an origin's pool keeps. Default 100; zero turns reuse off.</summary>
    public int KeepAliveConnections { get; init; } = 100;

    /// <summary>The Host that the origin sees; the visitor's goes to <c>X-Forwarded-Host</c>. Null passes the visitor's on.</summary>
    public string? HttpHostHeader { get; init; }

    /// <summary>The name sent in SNI and looked for in the origin's certificate. Null takes the host of the service.</summary>
    public string? OriginServerName { get; init; }

    /// <summary>True to send the request's Host in SNI and to verify it.</summary>
    public bool MatchSniToHost { get; init; }

    /// <summary>A PEM file of authorities trusted beside the system's. Null adds none.</summary>
    public string? CaPool { get; init; }

    /// <summary>True to accept any certificate.</summary>
    public bool NoTlsVerify { get; init; }

    /// <summary>True for origins that cannot read chunked bodies: a body of unknown length is buffered and sent with its length.</summary>
    public bool DisableChunkedEncoding { get; init; }

    /// <summary>True to offer HTTP/2 to an <c>https</c> origin.</summary>
    public bool Http2Origin { get; init; }

    /// <summary>True to let the visitor name the destination; the service is then ignored.</summary>
    public bool BastionMode { get; init; }

    /// <summary>Null or <c>socks</c>: whether a TCP service speaks SOCKS5 to the visitor.</summary>
    public string? ProxyType { get; init; }

    /// <summary>Which destinations a SOCKS visitor may reach; the first match decides and no match denies.</summary>
    public IReadOnlyList<IpRule> IpRules { get; init; } = [];

    /// <summary>The JSON Web Token that a request must carry. Null asks for none.</summary>
    public AccessOptions? Access { get; init; }
}
