using Engine.Tunnels.Registration.Rpc;
using Microsoft.Extensions.Logging;

namespace Engine.Tunnels;

/// <summary>How a connector runs one connection to an edge.</summary>
public sealed class TunnelConnectionOptions
{
    /// <summary>How long the edge may take to open the control stream, and then to answer a call. Default 5 s, as long as
    /// the original waits.</summary>
    public TimeSpan RpcTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the edge may take from the start of the connection until it opens the control stream. Default 15 s.</summary>
    public TimeSpan ControlStreamTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Applies a configuration that the edge pushed and says which version is in force then. Null: the feature is not
    /// announced, and every push is refused.</summary>
    /// <remarks>Called for each version newer than the last one applied on this connection. An edge pushes on every connection of a
    /// connector, and calls for different connections may overlap: answer the version in force when it is not older.</remarks>
    public Func<RemoteConfiguration, CancellationToken, ValueTask<ConfigurationResult>>? OnConfiguration { get; init; }

    /// <summary>The largest pushed configuration. Default 4 MiB.</summary>
    public int MaxConfigurationSize { get; init; } = 4 << 20;

    /// <summary>Where time comes from.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Where log lines go; null for nowhere.</summary>
    public ILoggerFactory? LoggerFactory { get; init; }
}
