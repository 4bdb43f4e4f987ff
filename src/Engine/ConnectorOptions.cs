using System.Net;
using Engine.Tunnels;
using Microsoft.Extensions.Logging;

namespace Engine;

/// <summary>How a connector runs. Read once, when it is built.</summary>
public sealed class ConnectorOptions
{
    /// <summary>The longest grace period.</summary>
    public static TimeSpan MaxGracePeriod { get; } = TimeSpan.FromMinutes(3);

    /// <summary>Connections to hold. Default 4, from 1 to 255. Several may go to one edge address.</summary>
    public int Connections { get; set; } = 4;

    /// <summary>Time for running streams after a stop. Default 30 s, at most 3 min; zero cuts them at once.</summary>
    public TimeSpan GracePeriod { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Time for one dial, TLS included, whatever the transport's own limits are. Default 30 s.</summary>
    public TimeSpan DialTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The version to tell the edge; for display there.</summary>
    public string Version { get; set; } = "DEV";

    /// <summary>The names of what this connector can do. Default: <see cref="TunnelFeatures.Default"/>.</summary>
    public IReadOnlyList<string> Features { get; set; } = TunnelFeatures.Default;

    /// <summary>The id of this connector. Default: random, as every process has its own.</summary>
    public Guid ConnectorId { get; set; } = Guid.NewGuid();

    /// <summary>
    /// Takes a configuration that the edge pushed, and says which version is in force then; it usually ends in
    /// <see cref="Connector.Reload"/>. Calls do not overlap. Null: pushes are refused.
    /// </summary>
    public Func<RemoteConfiguration, CancellationToken, ValueTask<ConfigurationResult>>? OnConfiguration { get; set; }

    /// <summary>
    /// The configuration in force as UTF-8 JSON, for display at the edge. Connection 0 sends it when it registers, unless the edge
    /// manages the configuration, and after every reload. Null: nothing is sent.
    /// </summary>
    public Func<ReadOnlyMemory<byte>>? LocalConfiguration { get; set; }

    /// <summary>Called after every change of a connection's state, on the thread that changed it; must not block or throw.</summary>
    public Action<ConnectorConnectionStatus>? OnStatusChanged { get; set; }

    /// <summary>The local address to report at registration. Null: the transport's own.</summary>
    public IPAddress? LocalAddress { get; set; }

    /// <summary>Where time comes from.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Where log lines go; null for nowhere.</summary>
    public ILoggerFactory? LoggerFactory { get; set; }

    /// <summary>A number from 0 up to 1, for jitter.</summary>
    internal Func<double> Random { get; set; } = System.Random.Shared.NextDouble;
}
