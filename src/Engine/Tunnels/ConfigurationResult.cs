namespace Engine.Tunnels;

/// <summary>The answer to a pushed configuration.</summary>
/// <param name="LastAppliedVersion">The version in force after the push; the old one when the push was refused or not newer.</param>
/// <param name="Error">Why it was refused, or null. An original connector does not say why: the text is then empty.</param>
public readonly record struct ConfigurationResult(int LastAppliedVersion, string? Error);
