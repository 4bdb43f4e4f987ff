namespace Engine.Edge.Forwarding;

/// <summary>What the edge knows about one exchange.</summary>
/// <param name="TraceId">The id in the answer and in both logs.</param>
/// <param name="Tunnel">The tunnel it goes to.</param>
/// <param name="Loops">How often the request has passed an edge, this one included.</param>
/// <param name="Key">The key that was made for a WebSocket without one, which the origin's accept must answer; else empty.</param>
internal readonly record struct ExchangeContext(string TraceId, Guid Tunnel, int Loops, byte[] Key);
