using Microsoft.Extensions.Logging;

namespace Engine.Tunnels;

/// <summary>How an edge runs the connection of a connector.</summary>
public sealed class EdgeTunnelOptions
{
    /// <summary>How long a connector may take from its arrival until it is registered. Default 10 s.</summary>
    public TimeSpan RegistrationTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long streams may go on after an unregistration before they are cut. Default 3 min, the longest grace
    /// period of the original connector.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>How long a connector may take to answer a pushed configuration. Default 10 s.</summary>
    public TimeSpan ConfigurationTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The extensions to announce. Default: all that this build has.</summary>
    public IReadOnlyList<string> Features { get; init; } = TunnelFeatures.Extensions;

    /// <summary>The <c>:authority</c> of the edge's own requests; only seen in logs.</summary>
    public string Authority { get; init; } = "edge.internal";

    /// <summary>Where time comes from.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where log lines go; null for nowhere.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }
}
