using Engine.Hosting.Configuration;
using Engine.Hosting.Settings;

namespace Engine.Cli.CommandLine;

/// <summary>Reads a command line in the reference connector's forms.</summary>
/// <remarks>
/// <c>--name value</c>, <c>--name=value</c>, one dash or two, a flag alone or as <c>--flag=false</c>, options before, between
/// and after the words, <c>--</c> to end them. An option given twice counts the last time; a list collects.
/// </remarks>
internal sealed class CommandLineParser
{
    /// <summary>Commands of the reference that have no place here, so that nobody looks for a typing error.</summary>
    private static readonly string[] Foreign =
        ["login", "create", "route", "vnet", "list", "ls", "ready", "info", "delete", "cleanup", "token", "ingress", "diag", "access", "tail", "service", "update", "db-connect", "proxy-dns"];

    private static readonly string[] Words = ["tunnel", "edge", "version", "help"];

    private readonly Dictionary<string, (Setting Setting, string Option, List<string> Texts)> _options = new(StringComparer.Ordinal);
    private readonly List<string> _words = [];
    private readonly List<string> _faults = [];
    private bool _help;
    private bool _version;

    private CommandLineParser()
    {
    }

    public static ParsedCommandLine Parse(IReadOnlyList<string> arguments)
    {
        var parser = new CommandLineParser();
        parser.ReadArguments(arguments);
        return parser.Understand();
    }

    private void ReadArguments(IReadOnlyList<string> arguments)
    {
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            if (argument == "--")
            {
                _words.AddRange(arguments.Skip(i + 1));
                return;
            }

            if (argument.Length < 2 || argument[0] != '-')
            {
                _words.Add(argument);
                continue;
            }

            var next = i + 1 < arguments.Count ? arguments[i + 1] : null;
            if (ReadOption(argument, next))
            {
                i++;
            }
        }
    }

    /// <returns>Whether the next argument was its value.</returns>
    private bool ReadOption(string argument, string? next)
    {
        var name = argument.TrimStart('-');
        var equals = name.IndexOf('=', StringComparison.Ordinal);
        var value = equals < 0 ? null : name[(equals + 1)..];
        name = equals < 0 ? name : name[..equals];
        if (name is "help" or "h")
        {
            _help = true;
            return false;
        }

        if (name is "version" or "v" or "V")
        {
            _version = true;
            return false;
        }

        if (SettingCatalogue.Find(name) is not { } setting)
        {
            var nearest = NearestName.Find(name, SettingCatalogue.Names.Where(known => known.Length > 1));
            _faults.Add($"There is no option '--{name}'.{(nearest is null ? "" : $" Did you mean '--{nearest}'?")}");

            // What follows may have been its value; it is passed over so that one mistake makes one fault.
            return value is null && next is not null && !next.StartsWith('-') && !Words.Contains(next) && next != "run";
        }

        var takesNext = value is null && setting.Kind != SettingKind.Flag;
        if (takesNext && (next is null || IsOption(next)))
        {
            _faults.Add($"--{name} needs a value: --{name} {setting.Placeholder}".TrimEnd());
            return false;
        }

        var text = value ?? (takesNext ? next! : "true");
        if (_options.TryGetValue(setting.Name, out var given) && setting.Kind == SettingKind.List)
        {
            given.Texts.Add(text);
        }
        else
        {
            _options[setting.Name] = (setting, "--" + name, [text]);
        }

        return takesNext;
    }

    /// <summary>A value may begin with a dash; only what is an option of ours is none.</summary>
    private static bool IsOption(string text) =>
        text.StartsWith("--", StringComparison.Ordinal) && SettingCatalogue.Find(text.TrimStart('-').Split('=')[0]) is not null;

    private ParsedCommandLine Understand()
    {
        var (command, tunnel) = ReadWords();
        if (_help || _version)
        {
            return new ParsedCommandLine { Command = _help ? Command.Help : Command.Version };
        }

        if (command == Command.Edge)
        {
            foreach (var (setting, option, _) in _options.Values)
            {
                if (!EdgeConfiguration.SettingNames.Contains(setting.Name, StringComparer.Ordinal))
                {
                    _faults.Add($"{option} is an option of a connector; an edge takes {string.Join(", ", EdgeConfiguration.SettingNames.Select(name => "--" + name))}.");
                }
            }
        }

        return new ParsedCommandLine
        {
            Command = command,
            Tunnel = tunnel,
            Settings = [.. _options.Values.Select(option => new SettingValue(option.Setting, option.Texts, option.Option))],
            Faults = _faults,
        };
    }

    private (Command Command, string? Tunnel) ReadWords()
    {
        switch (_words)
        {
            case []:
                return (_options.Count == 0 && _faults.Count == 0 ? Command.Help : Command.Connector, null);
            case ["help", ..]:
                return (Command.Help, null);
            case ["version"]:
                return (Command.Version, null);
            case ["edge"]:
                return (Command.Edge, null);
            case ["tunnel"] or ["tunnel", "run"]:
                return (Command.Connector, null);
            case ["tunnel", "run", { Length: > 0 } tunnel]:
                return (Command.Connector, tunnel);
            case ["tunnel", "run", ..]:
                _faults.Add("'tunnel run' takes one tunnel: its id or its name.");
                return (Command.Connector, null);
            case ["tunnel", var word, ..]:
                Refuse(word, ["run"], "'tunnel' has the one command 'run'.");
                return (Command.Connector, null);
            case ["edge" or "version", var word, ..]:
                _faults.Add($"'{_words[0]}' takes no further word, and '{word}' stands there.");
                return (_words[0] == "edge" ? Command.Edge : Command.Version, null);
            default:
                Refuse(_words[0], Words, "There are 'tunnel', 'edge', 'version' and 'help'.");
                return (Command.Connector, null);
        }
    }

    private void Refuse(string word, string[] known, string list)
    {
        if (Foreign.Contains(word, StringComparer.Ordinal))
        {
            _faults.Add($"'{word}' is not part of this program. {list}");
            return;
        }

        var nearest = NearestName.Find(word, known);
        _faults.Add($"There is no command '{word}'. {(nearest is null ? list : $"Did you mean '{nearest}'?")}");
    }
}
