namespace Engine.Http2.Streams;

/// <summary>The states of RFC 9113 §5.1; without push, the reserved ones can't occur.</summary>
/// <remarks>
/// <code>
///                  idle
///                   │ HEADERS sent or received
///                   ▼
///    END_STREAM   open    END_STREAM
///     received  ┌───┴───┐  sent
///               ▼       ▼
///    half-closed         half-closed
///      (remote)            (local)
///               └───┬───┘
///   END_STREAM sent │ END_STREAM received
///                   ▼
///                closed ◀── RST_STREAM sent or received, from any state
/// </code>
/// </remarks>
internal enum StreamPhase : byte
{
    Idle,
    Open,
    HalfClosedLocal,
    HalfClosedRemote,
    Closed,
}
