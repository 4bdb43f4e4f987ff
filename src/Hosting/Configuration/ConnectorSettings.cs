using System.Net;
using System.Security.Cryptography.X509Certificates;
using Engine.Ingress;
using Engine.Tunnels;

namespace Engine.Hosting.Configuration;

/// <summary>Everything a connector needs to start, read and checked.</summary>
public sealed record ConnectorSettings
{
    /// <summary>Where requests go.</summary>
    public required IngressRules Rules { get; init; }

    /// <summary>The tunnel, or null for one that lives and dies with an embedded edge.</summary>
    public TunnelCredentials? Credentials { get; init; }

    /// <summary>The edges to dial; empty beside <see cref="Credentials"/> that are null.</summary>
    public IReadOnlyList<EndPoint> Edges { get; init; } = [];

    /// <summary>The authorities that may sign the edge's certificate, or null for the system's.</summary>
    public X509Certificate2Collection? EdgeAuthorities { get; init; }

    /// <summary>The local address to dial from, or null for the system's choice.</summary>
    public IPAddress? BindAddress { get; init; }

    /// <summary>How many connections to hold.</summary>
    public int Connections { get; init; } = 4;

    /// <summary>How long running requests may go on after the signal to stop.</summary>
    public TimeSpan GracePeriod { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The address of <c>/ready</c>, or null for the first free one of the usual ports.</summary>
    public IPEndPoint? Metrics { get; init; }

    /// <summary>The file that the process id is written to after the first registration, or null.</summary>
    public string? PidFile { get; init; }

    /// <summary>Tags that origins get to see.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Tags { get; init; } = [];

    /// <summary>The port of the embedded edge; 0 takes a free one.</summary>
    public int HttpPort { get; init; } = 8080;

    /// <summary>Whether an edge has to be started beside the connector.</summary>
    public bool IsEmbedded => Credentials is null;
}
