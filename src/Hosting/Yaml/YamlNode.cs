using Engine.Ingress;

namespace Engine.Hosting.Yaml;

/// <summary>A value of a YAML document and where it stands. Immutable; an alias yields the same node again.</summary>
internal abstract class YamlNode(TextPosition position)
{
    public TextPosition Position { get; } = position;

    /// <summary>How many nodes hang below and including this one, aliases counted as if written out.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>What a message calls it.</summary>
    public abstract string Kind { get; }
}

/// <summary>A text, number, truth value or nothing.</summary>
internal sealed class YamlScalar(TextPosition position, string text, bool isPlain) : YamlNode(position)
{
    public string Text { get; } = text;

    /// <summary>Written without quotes, so that it may be a number, a truth value or nothing.</summary>
    public bool IsPlain { get; } = isPlain;

    public bool IsNull => IsPlain && Text is "" or "~" or "null" or "Null" or "NULL";

    public override string Kind => IsNull ? "nothing" : IsPlain ? $"'{Text}'" : $"the text '{Text}'";
}

/// <summary>A list.</summary>
internal sealed class YamlSequence(TextPosition position, IReadOnlyList<YamlNode> items) : YamlNode(position)
{
    public IReadOnlyList<YamlNode> Items { get; } = items;

    public override string Kind => "a list";
}

/// <summary>Keys with their values, in the order they stand in.</summary>
internal sealed class YamlMapping(TextPosition position, IReadOnlyList<YamlEntry> entries) : YamlNode(position)
{
    public IReadOnlyList<YamlEntry> Entries { get; } = entries;

    public override string Kind => "a mapping";

    public YamlEntry? Find(string key)
    {
        foreach (var entry in Entries)
        {
            if (entry.Key.Text == key)
            {
                return entry;
            }
        }

        return null;
    }
}

/// <summary>One key and its value.</summary>
internal sealed record YamlEntry(YamlScalar Key, YamlNode Value);
