using Engine.Hosting.Settings;

namespace Engine.Cli.CommandLine;

/// <summary>A command line, understood.</summary>
internal sealed record ParsedCommandLine
{
    public Command Command { get; init; }

    /// <summary>The options that were given, by their settings.</summary>
    public IReadOnlyList<SettingValue> Settings { get; init; } = [];

    /// <summary>The argument of <c>tunnel run</c>: the tunnel's id or name.</summary>
    public string? Tunnel { get; init; }

    /// <summary>What cannot be understood; empty when everything can.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];
}
