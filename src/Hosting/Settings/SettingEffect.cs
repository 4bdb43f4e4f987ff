namespace Engine.Hosting.Settings;

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
