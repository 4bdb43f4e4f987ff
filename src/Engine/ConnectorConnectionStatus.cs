using System.Net;

namespace Engine;

/// <summary>One of a connector's connections at one moment.</summary>
/// <param name="Index">Its index, 0 and up.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Edge">The edge address in use or used last, or null before the first dial.</param>
/// <param name="ConnectionId">The id that the edge gave it, while it is registered.</param>
/// <param name="Location">Where the edge says it runs, while it is registered.</param>
/// <param name="Since">When it came to this state.</param>
/// <param name="FailedAttempts">Attempts that failed since it was last registered.</param>
/// <param name="LastError">Why it was last lost or refused, or null.</param>
public sealed record ConnectorConnectionStatus(
    int Index,
    ConnectorConnectionState State,
    EndPoint? Edge,
    Guid? ConnectionId,
    string? Location,
    DateTimeOffset Since,
    int FailedAttempts,
    string? LastError);
