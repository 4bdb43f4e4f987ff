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
