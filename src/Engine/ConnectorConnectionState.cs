namespace Engine;

/// <summary>Where one of a connector's connections stands.</summary>
/// <remarks>
/// <code>
/// Idle ─▶ Connecting ─▶ Registering ─▶ Ready ─▶ Draining ─▶ Stopped
///             ▲  │           │  │         │
///             │  ▼           ▼  │         ▼
///             └─ Waiting ◀───┴──┼─────────┘
///                               └─▶ Refused
/// </code>
/// </remarks>
public enum ConnectorConnectionState
{
    /// <summary>Waits until connection 0 is registered.</summary>
    Idle,

    /// <summary>Dials.</summary>
    Connecting,

    /// <summary>Is connected and waits for the edge's answer.</summary>
    Registering,

    /// <summary>Is registered and serves streams.</summary>
    Ready,

    /// <summary>Failed or was lost, and waits for the next attempt.</summary>
    Waiting,

    /// <summary>Was refused for good; no more attempts are made.</summary>
    Refused,

    /// <summary>Is unregistered and serves what still runs.</summary>
    Draining,

    /// <summary>Is over, because the connector stops.</summary>
    Stopped,
}
