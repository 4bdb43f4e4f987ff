namespace Engine.Hosting.Settings;

/// <summary>A name that means the same as an option, in the environment and in a file.</summary>
/// <param name="Name">The option without its dashes, and the key of the file.</param>
/// <param name="Kind">What its value looks like.</param>
/// <param name="Environment">The environment variable, or null.</param>
/// <param name="Help">One line for a reader of the help; null hides it there.</param>
public sealed record Setting(string Name, SettingKind Kind, string? Environment = null, string? Help = null)
{
    /// <summary>Other names of the same option.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>What becomes of it.</summary>
    public SettingEffect Effect { get; init; }

    /// <summary>What the help shows in the place of the value.</summary>
    public string Placeholder { get; init; } = "";

    /// <summary>Whether a message may not show its value.</summary>
    public bool IsSecret { get; init; }
}
