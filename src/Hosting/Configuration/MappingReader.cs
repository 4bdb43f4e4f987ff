using System.Globalization;
using Engine.Hosting.Yaml;
using Engine.Ingress;

namespace Engine.Hosting.Configuration;

/// <summary>Walks one mapping: asks for keys by name and type, collects every fault, and at the end reports the keys nobody asked for.</summary>
/// <param name="mapping">The mapping; null stands for one without keys.</param>
/// <param name="place">What messages call it, for example <c>Rule 3</c>; empty for the file itself.</param>
/// <param name="faults">Where faults go.</param>
/// <param name="position">Where something else stands in the place of the mapping, if so.</param>
internal sealed class MappingReader(YamlMapping? mapping, string place, List<ConfigurationFault> faults, TextPosition position = default)
{
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);

    public List<ConfigurationFault> Faults => faults;

    public TextPosition Position => mapping?.Position ?? position;

    /// <summary>False when the mapping is missing, or something else stands in its place.</summary>
    public bool IsMapping => mapping is not null;

    /// <summary>The value of a key; null when it is missing or nothing.</summary>
    public YamlNode? Node(string key)
    {
        _asked.Add(key);
        return mapping?.Find(key)?.Value is { } value && value is not YamlScalar { IsNull: true } ? value : null;
    }

    /// <summary>Where a key's value stands; the mapping's own place when it is missing.</summary>
    public TextPosition PositionOf(string key) => mapping?.Find(key)?.Value.Position ?? Position;

    public string? String(string key) => Scalar(key, "a text")?.Text;

    public bool Bool(string key, bool fallback)
    {
        if (Scalar(key, "'true' or 'false'") is not { } scalar)
        {
            return fallback;
        }

        if (TryReadBool(scalar, out var value))
        {
            return value;
        }

        Report(scalar, $"{Name(key)} is 'true' or 'false' (without quotes), not {scalar.Kind}.");
        return fallback;
    }

    public int Integer(string key, int fallback, int minimum, int maximum)
    {
        if (Scalar(key, "a whole number") is not { } scalar)
        {
            return fallback;
        }

        if (scalar.IsPlain
            && int.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && value >= minimum
            && value <= maximum)
        {
            return value;
        }

        Report(scalar, $"{Name(key)} is a whole number from {minimum} to {maximum} (without quotes), not {scalar.Kind}.");
        return fallback;
    }

    public TimeSpan Duration(string key, TimeSpan fallback)
    {
        if (Scalar(key, "a duration") is not { } scalar)
        {
            return fallback;
        }

        if (GoDuration.TryParse(scalar.Text, out var value) && value >= TimeSpan.Zero)
        {
            return value;
        }

        Report(scalar, $"{Name(key)} is a duration with its unit, such as '30s' or '1m30s', not {scalar.Kind}.");
        return fallback;
    }

    /// <summary>A list of texts; one text stands for a list of one.</summary>
    public IReadOnlyList<YamlScalar> Strings(string key)
    {
        switch (Node(key))
        {
            case null:
                return [];
            case YamlScalar scalar:
                return [scalar];
            case YamlSequence sequence:
                var texts = new List<YamlScalar>(sequence.Items.Count);
                foreach (var item in sequence.Items)
                {
                    if (item is YamlScalar { IsNull: false } text)
                    {
                        texts.Add(text);
                    }
                    else
                    {
                        Report(item, $"{Name(key)} is a list of texts, and here stands {item.Kind}.");
                    }
                }

                return texts;
            case var other:
                Report(other, $"{Name(key)} is a list of texts, not {other.Kind}.");
                return [];
        }
    }

    /// <summary>A mapping below a key; one without keys when it is missing.</summary>
    public MappingReader Mapping(string key, string name)
    {
        var node = Node(key);
        if (node is not null and not YamlMapping)
        {
            Report(node, $"{Name(key)} is a mapping, not {node.Kind}.");
        }

        return new MappingReader(node as YamlMapping, name, faults);
    }

    /// <summary>The mappings of a list below a key, each called <paramref name="name"/> and its number.</summary>
    public IReadOnlyList<MappingReader> Mappings(string key, string name)
    {
        var node = Node(key);
        if (node is null)
        {
            return [];
        }

        if (node is not YamlSequence sequence)
        {
            Report(node, $"{Name(key)} is a list, not {node.Kind}.");
            return [];
        }

        var readers = new List<MappingReader>(sequence.Items.Count);
        foreach (var item in sequence.Items)
        {
            var itemName = string.Create(CultureInfo.InvariantCulture, $"{name} {readers.Count + 1}");
            if (item is not YamlMapping)
            {
                Report(item, $"{itemName} is a mapping, not {item.Kind}.");
            }

            readers.Add(new MappingReader(item as YamlMapping, itemName, faults, item.Position));
        }

        return readers;
    }

    /// <summary>Reports every key that was not asked for, with the nearest one that was.</summary>
    public void ReportUnknown(IEnumerable<string>? alsoKnown = null)
    {
        if (mapping is null)
        {
            return;
        }

        var known = alsoKnown is null ? [.. _asked] : _asked.Concat(alsoKnown).ToArray();
        foreach (var entry in mapping.Entries)
        {
            if (!known.Contains(entry.Key.Text, StringComparer.Ordinal))
            {
                var prefix = place.Length == 0 ? "" : place + ": ";
                faults.Add(new ConfigurationFault(
                    $"{prefix}the key '{entry.Key.Text}' is not known here.",
                    entry.Key.Position.Line,
                    entry.Key.Position.Column,
                    NearestName.Find(entry.Key.Text, known)));
            }
        }
    }

    public void Report(YamlNode node, string message) => Report(node.Position, message);

    public void Report(TextPosition position, string message) =>
        faults.Add(new ConfigurationFault(message, position.Line, position.Column));

    /// <summary>The key as messages call it.</summary>
    public string Name(string key) => place.Length == 0 ? $"'{key}'" : $"{place}: '{key}'";

    /// <summary>YAML 1.2's truth values, and the older ones that the reference still reads.</summary>
    public static bool TryReadBool(YamlScalar scalar, out bool value)
    {
        value = scalar.Text.ToLowerInvariant() is "true" or "yes" or "on";
        return scalar.IsPlain && scalar.Text.ToLowerInvariant() is "true" or "false" or "yes" or "no" or "on" or "off";
    }

    private YamlScalar? Scalar(string key, string expected)
    {
        switch (Node(key))
        {
            case null:
                return null;
            case YamlScalar scalar:
                return scalar;
            case var other:
                Report(other, $"{Name(key)} is {expected}, not {other.Kind}.");
                return null;
        }
    }
}
