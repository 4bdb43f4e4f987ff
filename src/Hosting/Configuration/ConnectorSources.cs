using Engine.Hosting.Settings;

namespace Engine.Hosting.Configuration;

/// <summary>Where a connector's configuration comes from, the strongest source first.</summary>
public sealed record ConnectorSources
{
    /// <summary>Options of the command line.</summary>
    public IReadOnlyList<SettingValue> CommandLine { get; init; } = [];

    /// <summary>Reads an environment variable; null reads none.</summary>
    public Func<string, string?>? Environment { get; init; }

    /// <summary>The tunnel's id or name as an argument, or null.</summary>
    public string? Tunnel { get; init; }

    /// <summary>Folders in which files are looked for that were not named; see <see cref="DefaultFolders"/>.</summary>
    public IReadOnlyList<string> SearchFolders { get; init; } = [];
}
