namespace Engine.Hosting.Settings;

/// <summary>What a setting's value looks like.</summary>
public enum SettingKind
{
    /// <summary>Any text.</summary>
    Text,

    /// <summary>True or false; on a command line the name alone means true.</summary>
    Flag,

    /// <summary>A whole number.</summary>
    Integer,

    /// <summary>A duration in Go's notation, such as <c>30s</c>.</summary>
    Duration,

    /// <summary>Several texts: the option repeated, a list in a file, commas in the environment.</summary>
    List,
}

/// <summary>What becomes of a setting that is given.</summary>
public enum SettingEffect
{
    /// <summary>It does what its name says.</summary>
    Honoured,

    /// <summary>It asks for what happens anyway; accepted without a word.</summary>
    Implied,

    /// <summary>It is of no use here; accepted with a warning.</summary>
    None,

    /// <summary>Passing it over would weaken what was asked for, so it is refused.</summary>
    Refused,
}

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
