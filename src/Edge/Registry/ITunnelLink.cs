using Engine.Fields;
using Engine.Tunnels;

namespace Engine.Edge.Registry;

/// <summary>One registered connection of a connector, as the forwarder sees it; tests script their own.</summary>
/// <remarks>Every member may be called from any thread.</remarks>
internal interface ITunnelLink
{
    /// <summary>The tunnel it serves.</summary>
    Guid TunnelId { get; }

    /// <summary>The connector's process.</summary>
    Guid ConnectorId { get; }

    /// <summary>The connection's index in the connector.</summary>
    int Index { get; }

    /// <summary>Whether no new stream may be opened.</summary>
    bool IsDraining { get; }

    /// <summary>Whether upgrades to other protocols than WebSocket travel on it.</summary>
    bool TakesUpgrades { get; }

    /// <summary>How many streams run on it.</summary>
    int ActiveStreams { get; }

    /// <summary>Opens a stream; the list may be used again on return.</summary>
    /// <exception cref="IOException">The connection takes no more; nothing was sent.</exception>
    ValueTask<ITunnelStream> OpenAsync(TunnelStreamKind kind, FieldList head, bool endStream, CancellationToken cancellationToken);

    /// <summary>Lets running streams end, then closes. Cancelling cuts what still runs.</summary>
    ValueTask DrainAsync(CancellationToken cancellationToken);

    /// <summary>Closes at once.</summary>
    void Abort(string reason);
}
