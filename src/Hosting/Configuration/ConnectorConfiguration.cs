using System.Buffers;
using System.Net;
using Engine.Hosting.Settings;
using Engine.Ingress;

namespace Engine.Hosting.Configuration;

/// <summary>Reads a connector's configuration from all its sources and checks it whole.</summary>
public sealed class ConnectorConfiguration
{
    // RFC 9110 §5.6.2: what a field's name may hold.
    private static readonly SearchValues<char> TagName =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~");

    private readonly List<ConfigurationFault> _faults = [];
    private readonly List<ConfigurationFault> _warnings = [];
    private readonly ConnectorSources _sources;
    private readonly SettingValues _values;
    private ConnectorFile _file = new();

    private ConnectorConfiguration(ConnectorSources sources)
    {
        _sources = sources;
        _values = new SettingValues(_faults);
    }

    /// <summary>Reads everything; nothing is opened but files, and nothing is changed.</summary>
    /// <param name="sources">Where it comes from.</param>
    /// <param name="log">How the log is wished for, known also beside faults.</param>
    public static ConfigurationOutcome<ConnectorSettings> Load(ConnectorSources sources, out LogSettings log)
    {
        ArgumentNullException.ThrowIfNull(sources);
        var configuration = new ConnectorConfiguration(sources);
        configuration._values.AddWeaker(sources.CommandLine);
        configuration._values.AddWeaker(SettingValues.FromEnvironment(sources.Environment ?? (_ => null)));
        var path = configuration.ReadFile(out var isReadable);
        log = LogSettings.Read(configuration._values);
        configuration.ReportEffects();

        // Without its file nothing else can be judged.
        var settings = isReadable ? configuration.Resolve() : null;
        var faults = configuration._faults.OrderBy(fault => fault.Line).ThenBy(fault => fault.Column).ToArray();
        return new ConfigurationOutcome<ConnectorSettings>(faults.Length == 0 ? settings : null, path, faults, configuration._warnings);
    }

    private string? ReadFile(out bool isReadable)
    {
        isReadable = true;
        var named = _values.Find("config");
        var path = named?.Text ?? DefaultFolders.FindConfiguration(_sources.SearchFolders);
        if (path is null)
        {
            return null;
        }

        if (!TextFile.TryRead(path, out var text, out var error))
        {
            isReadable = false;
            _faults.Add(new ConfigurationFault($"{named?.Where ?? "the configuration file"}: {error}", 0, 0));
            return path;
        }

        _file = ConnectorFile.Read(text, _faults, _warnings);
        isReadable = _file.IsReadable;
        _values.AddWeaker(_file.Settings);
        return path;
    }

    private ConnectorSettings? Resolve()
    {
        var tunnel = _sources.Tunnel ?? (_file.Tunnel is { Length: > 0 } named ? named : null);
        var edge = new EdgeSource(_values, _faults, _warnings);
        var hasEdge = edge.IsNamed;
        var isEmbedded = !hasEdge && tunnel is null && !CredentialsSource.IsNamed(_values);
        if (!isEmbedded && !hasEdge)
        {
            _faults.Add(new ConfigurationFault("A tunnel is named and no edge: give --edge HOST:PORT, or 'edge:' in the file (looking one up in the DNS is not yet supported by this version).", 0, 0));
        }

        var rules = new RuleSource(_values, _file, _faults, _warnings).Read(isEmbedded);
        var settings = new ConnectorSettings
        {
            Rules = rules!,
            Credentials = isEmbedded ? null : new CredentialsSource(_values, _sources, _faults).Find(tunnel, _file.TunnelPosition),
            Edges = edge.EndPoints(),
            EdgeAuthorities = edge.Authorities(),
            BindAddress = edge.BindAddress,
            Connections = _values.Integer("ha-connections", 4, 1, 255),
            GracePeriod = _values.Duration("grace-period", TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(3)),
            Metrics = ListenAddress("metrics"),
            Tags = Tags(),
            PidFile = _values.Text("pidfile"),
            HttpPort = _values.Integer("http-port", 8080, 0, ushort.MaxValue),
        };
        return rules is null ? null : settings;
    }

    private IPEndPoint? ListenAddress(string name)
    {
        if (_values.Find(name) is not { Text.Length: > 0 } value)
        {
            return null;
        }

        if (!ListenEndPoint.TryParse(value.Text, defaultPort: null, out var endPoint))
        {
            _values.Report(value, $"{value.Where} is an address and a port such as 'localhost:20241' (port 0 takes a free one), not '{value.Text}'.");
        }

        return endPoint;
    }

    private List<KeyValuePair<string, string>> Tags()
    {
        var tags = new List<KeyValuePair<string, string>>();
        foreach (var text in _values.List("tag"))
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? "" : text[..equals];
            var value = text[(equals + 1)..];
            if (name.Length == 0 || name.AsSpan().ContainsAnyExcept(TagName) || value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            {
                var source = _values.Find("tag")!;
                _values.Report(source, $"{source.Where}: '{text}' is not NAME=VALUE with a name of letters, digits and '-' and a printable value.");
                continue;
            }

            tags.Add(new KeyValuePair<string, string>(name, value));
        }

        return tags;
    }

    private void ReportEffects()
    {
        foreach (var value in _values.All)
        {
            switch (value.Setting.Effect)
            {
                case SettingEffect.None:
                    _warnings.Add(new ConfigurationFault($"{value.Where} has no effect here.", value.Position.Line, value.Position.Column));
                    break;
                case SettingEffect.Refused when value.Text is not ("false" or "0" or ""):
                    _values.Report(value, $"{value.Where} is not yet supported by this version, and going on without it would not be what was asked for; remove it.");
                    break;
            }
        }
    }
}
