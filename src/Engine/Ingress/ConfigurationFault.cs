namespace Engine.Ingress;

/// <summary>One thing that is wrong in a configuration.</summary>
/// <param name="Message">The thing, the cause and the remedy.</param>
/// <param name="Line">Where it stands, counted from 1; 0 when it came from no file.</param>
/// <param name="Column">Where it stands, counted from 1; 0 when it came from no file.</param>
/// <param name="Suggestion">The nearest name that is known, where a name is not.</param>
public readonly record struct ConfigurationFault(string Message, int Line, int Column, string? Suggestion = null)
{
    /// <summary>The fault in one line, without the file's name.</summary>
    public override string ToString()
    {
        var text = Suggestion is null ? Message : $"{Message} Did you mean '{Suggestion}'?";
        return Line > 0 ? $"{Line}:{Column}: {text}" : text;
    }
}
