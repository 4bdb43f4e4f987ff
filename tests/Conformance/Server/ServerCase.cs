using Engine.Conformance.Peers;

namespace Engine.Conformance.Server;

/// <summary>One rule for servers: what a client does and what must come of it.</summary>
/// <param name="Section">The section of the RFC, or where the rule was taken from.</param>
/// <param name="Name">What happens.</param>
/// <param name="Run">The conversation after the settings are exchanged.</param>
internal sealed record ServerCase(string Section, string Name, Func<RawClient, Task> Run)
{
    /// <summary>The settings that the client greets with.</summary>
    public (int Id, uint Value)[] Settings { get; init; } = [];

    /// <summary>Whether the case starts on a bare connection and does its own greeting.</summary>
    public bool IsBare { get; init; }

    public override string ToString() => $"{Section} {Name}";
}
