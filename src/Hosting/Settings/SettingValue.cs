using Engine.Ingress;

namespace Engine.Hosting.Settings;

/// <summary>A setting as it was given.</summary>
/// <param name="Setting">Which one.</param>
/// <param name="Texts">Its value; several for a list.</param>
/// <param name="Where">How a message calls the place it came from: an option, an environment variable or a key.</param>
/// <param name="Position">The place in the file; zero when it came from elsewhere.</param>
public sealed record SettingValue(Setting Setting, IReadOnlyList<string> Texts, string Where, TextPosition Position = default)
{
    /// <summary>The value of a setting that has one.</summary>
    public string Text => Texts.Count == 0 ? "" : Texts[^1];
}
