namespace Engine.Conformance.Peers;

/// <summary>An answer as far as it was heard: the lines of its heads and trailers, and its body.</summary>
internal sealed class RawAnswer
{
    public List<string> Fields { get; } = [];

    public List<byte> Body { get; } = [];

    /// <summary>Whether its end was heard.</summary>
    public bool IsWhole { get; set; }
}
