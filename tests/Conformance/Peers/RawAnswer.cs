namespace Engine.Conformance.Peers;

/// <summary>An answer: the lines of its heads and trailers, and its body.</summary>
internal sealed record RawAnswer(IReadOnlyList<string> Fields, byte[] Body);
