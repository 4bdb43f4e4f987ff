using System.Diagnostics.CodeAnalysis;
using Engine.Ingress;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Engine.Hosting.Yaml;

/// <summary>Builds the node tree from the parser's events, within bounds.</summary>
/// <remarks>
/// One document of at most <see cref="MaxSize"/> characters, <see cref="MaxDepth"/> levels and <see cref="MaxNodes"/> nodes
/// with every alias written out. No tag names a type, nothing is deserialised, and a key that stands twice is a fault.
/// </remarks>
internal sealed class YamlReader
{
    public const int MaxSize = 1024 * 1024;
    public const int MaxDepth = 32;
    public const int MaxNodes = 100_000;

    private readonly List<ConfigurationFault> _faults;
    private readonly Dictionary<string, YamlNode?> _anchors = [];
    private readonly Parser _parser;
    private int _nodes;

    private YamlReader(string text, List<ConfigurationFault> faults)
    {
        _parser = new Parser(new StringReader(text));
        _faults = faults;
    }

    /// <summary>Reads a document; faults are added to <paramref name="faults"/>.</summary>
    /// <returns>The tree, also beside faults that leave one to be checked further (a key that stands twice); null when there is none.</returns>
    public static YamlNode? Read(string text, List<ConfigurationFault> faults)
    {
        if (text.Length > MaxSize)
        {
            faults.Add(new ConfigurationFault($"The file is larger than {MaxSize / 1024} KiB; it is no configuration.", 0, 0));
            return null;
        }

        var reader = new YamlReader(text, faults);
        try
        {
            return reader.ReadStream();
        }
        catch (BoundException exception)
        {
            faults.Add(new ConfigurationFault(exception.Message, exception.Position.Line, exception.Position.Column));
        }
        catch (YamlException exception)
        {
            var cause = exception.InnerException?.Message ?? exception.Message;
            var position = Position(exception.Start);
            faults.Add(new ConfigurationFault($"This is not YAML: {cause.TrimEnd('.')}.", position.Line, position.Column));
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException or IndexOutOfRangeException)
        {
            // The scanner's own way to fail at some damaged texts; it knows no place, so the last good one is told.
            var position = Position(reader._parser.Current?.End ?? Mark.Empty);
            faults.Add(new ConfigurationFault("This is not YAML: what follows here cannot be read.", position.Line, position.Column));
        }

        return null;
    }

    private YamlNode? ReadStream()
    {
        _parser.Consume<StreamStart>();
        if (!_parser.TryConsume<DocumentStart>(out _))
        {
            return null;
        }

        var root = ReadNode(0);
        _parser.Consume<DocumentEnd>();
        if (_parser.TryConsume<DocumentStart>(out var second))
        {
            var position = Position(second.Start);
            _faults.Add(new ConfigurationFault("A second document begins here; write one file for each.", position.Line, position.Column));
        }

        return root;
    }

    private YamlNode ReadNode(int depth)
    {
        var current = _parser.Current ?? throw new YamlException("the document ends too early");
        var position = Position(current.Start);
        if (depth > MaxDepth)
        {
            throw new BoundException($"Values are nested deeper than {MaxDepth} levels.", position);
        }

        Count(1, position);
        var anchor = current is NodeEvent { Anchor.IsEmpty: false } node ? node.Anchor.Value : null;
        if (anchor is not null)
        {
            // Not to be used before it is complete: an alias inside its own anchor would have no end.
            _anchors[anchor] = null;
        }

        YamlNode result = current switch
        {
            AnchorAlias alias => ReadAlias(alias, position),
            Scalar scalar => ReadScalar(scalar, position),
            SequenceStart => ReadSequence(position, depth),
            MappingStart => ReadMapping(position, depth),
            _ => throw new YamlException(current.Start, current.End, "a value is missing"),
        };
        if (anchor is not null)
        {
            _anchors[anchor] = result;
        }

        return result;
    }

    private YamlNode ReadAlias(AnchorAlias alias, TextPosition position)
    {
        _parser.MoveNext();
        if (!_anchors.TryGetValue(alias.Value.Value, out var target))
        {
            throw new BoundException($"There is no anchor '&{alias.Value.Value}' before this alias.", position);
        }

        if (target is null)
        {
            throw new BoundException($"The alias '*{alias.Value.Value}' stands inside its own anchor.", position);
        }

        Count(target.Weight, position);
        return target;
    }

    private YamlScalar ReadScalar(Scalar scalar, TextPosition position)
    {
        _parser.MoveNext();
        return new YamlScalar(position, scalar.Value, scalar.Style == ScalarStyle.Plain);
    }

    private YamlSequence ReadSequence(TextPosition position, int depth)
    {
        var items = new List<YamlNode>();
        var before = _nodes;
        _parser.MoveNext();
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            items.Add(ReadNode(depth + 1));
        }

        return new YamlSequence(position, items) { Weight = _nodes - before + 1 };
    }

    private YamlMapping ReadMapping(TextPosition position, int depth)
    {
        var entries = new List<YamlEntry>();
        var merges = new List<YamlNode>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var before = _nodes;
        _parser.MoveNext();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var keyNode = ReadNode(depth + 1);
            var value = ReadNode(depth + 1);
            if (keyNode is not YamlScalar key)
            {
                _faults.Add(new ConfigurationFault($"A key is a word, not {keyNode.Kind}.", keyNode.Position.Line, keyNode.Position.Column));
            }
            else if (key is { IsPlain: true, Text: "<<" })
            {
                merges.Add(value);
            }
            else if (!seen.Add(key.Text))
            {
                _faults.Add(new ConfigurationFault($"The key '{key.Text}' stands here a second time; keep one.", key.Position.Line, key.Position.Column));
            }
            else
            {
                entries.Add(new YamlEntry(key, value));
            }
        }

        foreach (var merge in merges)
        {
            Merge(merge, entries, seen);
        }

        return new YamlMapping(position, entries) { Weight = _nodes - before + 1 };
    }

    /// <summary>The merge key <c>&lt;&lt;</c>: the entries of another mapping, where this one has none of that name.</summary>
    private void Merge(YamlNode source, List<YamlEntry> entries, HashSet<string> seen)
    {
        switch (source)
        {
            case YamlMapping mapping:
                foreach (var entry in mapping.Entries)
                {
                    if (seen.Add(entry.Key.Text))
                    {
                        entries.Add(entry);
                    }
                }

                break;
            case YamlSequence sequence:
                foreach (var item in sequence.Items)
                {
                    Merge(item is YamlSequence ? new YamlScalar(item.Position, "<<", isPlain: true) : item, entries, seen);
                }

                break;
            default:
                _faults.Add(new ConfigurationFault("'<<' takes an alias of a mapping, or a list of them.", source.Position.Line, source.Position.Column));
                break;
        }
    }

    private void Count(int nodes, TextPosition position)
    {
        _nodes += nodes;
        if (_nodes > MaxNodes)
        {
            throw new BoundException($"The file has more than {MaxNodes} values, aliases written out.", position);
        }
    }

    private static TextPosition Position(Mark mark) => new((int)mark.Line, (int)mark.Column);

    [SuppressMessage("Design", "CA1064:Exceptions should be public", Justification = "Never leaves this class.")]
    private sealed class BoundException(string message, TextPosition position) : Exception(message)
    {
        public TextPosition Position { get; } = position;
    }
}
