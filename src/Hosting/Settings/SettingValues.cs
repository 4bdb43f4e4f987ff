using System.Globalization;
using Engine.Hosting.Configuration;
using Engine.Ingress;

namespace Engine.Hosting.Settings;

/// <summary>The settings in force: command line over environment over file. Asked by type; what does not fit is a fault.</summary>
/// <param name="faults">Where faults go.</param>
internal sealed class SettingValues(List<ConfigurationFault> faults)
{
    private readonly Dictionary<string, SettingValue> _values = new(StringComparer.Ordinal);

    /// <summary>Takes values over; those that are there already stay, so the stronger source comes first.</summary>
    public void AddWeaker(IEnumerable<SettingValue> values)
    {
        foreach (var value in values)
        {
            _values.TryAdd(value.Setting.Name, value);
        }
    }

    /// <summary>The values of the environment: a variable that is empty is not set.</summary>
    public static IEnumerable<SettingValue> FromEnvironment(Func<string, string?> environment)
    {
        foreach (var setting in SettingCatalogue.All)
        {
            if (setting.Environment is { } name && environment(name) is { Length: > 0 } text)
            {
                var texts = setting.Kind == SettingKind.List
                    ? text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                    : [text];
                yield return new SettingValue(setting, texts, $"the environment variable {name}");
            }
        }
    }

    public IEnumerable<SettingValue> All => _values.Values;

    public SettingValue? Find(string name) => _values.GetValueOrDefault(name);

    /// <summary>The text, or null when it is not set or empty.</summary>
    public string? Text(string name) => Find(name) is { Text.Length: > 0 } value ? value.Text : null;

    public IReadOnlyList<string> List(string name) => Find(name)?.Texts ?? [];

    public bool Flag(string name, bool fallback = false)
    {
        if (Find(name) is not { } value)
        {
            return fallback;
        }

        switch (value.Text.ToLowerInvariant())
        {
            case "true" or "t" or "1":
                return true;
            case "false" or "f" or "0":
                return false;
            default:
                Report(value, $"{value.Where} is 'true' or 'false', not '{value.Text}'.");
                return fallback;
        }
    }

    public int Integer(string name, int fallback, int minimum, int maximum)
    {
        if (Find(name) is not { } value)
        {
            return fallback;
        }

        if (int.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= minimum && number <= maximum)
        {
            return number;
        }

        Report(value, $"{value.Where} is a whole number from {minimum} to {maximum}, not '{value.Text}'.");
        return fallback;
    }

    public TimeSpan Duration(string name, TimeSpan fallback, TimeSpan maximum)
    {
        if (Find(name) is not { } value)
        {
            return fallback;
        }

        if (!GoDuration.TryParse(value.Text, out var duration) || duration < TimeSpan.Zero)
        {
            Report(value, $"{value.Where} is a duration with its unit, such as '30s' or '1m30s', not '{value.Text}'.");
        }
        else if (duration > maximum)
        {
            Report(value, $"{value.Where} must be equal or less than {GoDuration.Format(maximum)}, not {value.Text}.");
        }
        else
        {
            return duration;
        }

        return fallback;
    }

    /// <summary>One of several words, matched without regard to case.</summary>
    public string Word(string name, string fallback, params ReadOnlySpan<string> words)
    {
        if (Find(name) is not { Text.Length: > 0 } value)
        {
            return fallback;
        }

        foreach (var word in words)
        {
            if (string.Equals(word, value.Text, StringComparison.OrdinalIgnoreCase))
            {
                return word;
            }
        }

        var known = words.ToArray();
        faults.Add(new ConfigurationFault(
            $"{value.Where} is one of {string.Join(", ", known)}, not '{value.Text}'.",
            value.Position.Line,
            value.Position.Column,
            NearestName.Find(value.Text, known)));
        return fallback;
    }

    public void Report(SettingValue value, string message) =>
        faults.Add(new ConfigurationFault(message, value.Position.Line, value.Position.Column));
}
