using System.Net;
using Engine.Edge;
using Engine.Hosting.Settings;
using Engine.Hosting.Yaml;
using Engine.Ingress;

namespace Engine.Hosting.Configuration;

/// <summary>Reads an edge's file (<c>edge.yaml</c>) and checks it whole.</summary>
public sealed class EdgeConfiguration
{
    private static readonly string[] LogNames = ["loglevel", "log-format", "output", "logfile", "grace-period", "config"];

    private readonly List<ConfigurationFault> _faults = [];
    private readonly EdgeOptions _options = new();

    private EdgeConfiguration()
    {
    }

    /// <summary>The settings of the command line that an edge knows.</summary>
    public static IReadOnlyList<string> SettingNames => LogNames;

    /// <summary>Reads everything; nothing is opened but files, and nothing is changed.</summary>
    /// <param name="commandLine">Options of the command line; <c>config</c> names the file.</param>
    /// <param name="environment">Reads an environment variable; null reads none.</param>
    /// <param name="log">How the log is wished for, known also beside faults.</param>
    public static ConfigurationOutcome<EdgeSettings> Load(IReadOnlyList<SettingValue> commandLine, Func<string, string?>? environment, out LogSettings log)
    {
        var configuration = new EdgeConfiguration();
        var values = new SettingValues(configuration._faults);
        values.AddWeaker(commandLine);
        values.AddWeaker(SettingValues.FromEnvironment(environment ?? (_ => null)).Where(value => LogNames.Contains(value.Setting.Name)));
        var path = values.Text("config");
        string? text = null;
        if (path is null)
        {
            configuration._faults.Add(new ConfigurationFault("The edge needs its file: give --config FILE, for example --config samples/edge.yaml.", 0, 0));
        }
        else if (!TextFile.TryRead(path, out text, out var error))
        {
            configuration._faults.Add(new ConfigurationFault($"{values.Find("config")!.Where}: {error}", 0, 0));
        }

        if (text is not null && YamlReader.Read(text, configuration._faults) is { } root)
        {
            configuration.ReadRoot(root, values);
        }

        log = LogSettings.Read(values);
        var settings = new EdgeSettings(
            configuration._options,
            values.Duration("grace-period", TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(3)));
        var faults = configuration._faults.OrderBy(fault => fault.Line).ThenBy(fault => fault.Column).ToArray();
        return new ConfigurationOutcome<EdgeSettings>(faults.Length == 0 ? settings : null, path, faults, []);
    }

    private void ReadRoot(YamlNode root, SettingValues values)
    {
        if (root is not YamlMapping mapping)
        {
            _faults.Add(new ConfigurationFault($"The file is {root.Kind}; it has to be keys with values, such as 'listen:'.", root.Position.Line, root.Position.Column));
            return;
        }

        var reader = new MappingReader(mapping, "", _faults);
        ReadListeners(reader);
        _options.DataFolder = reader.String("dataFolder") is { Length: > 0 } folder ? TextFile.Expand(folder) : null;
        _options.Location = reader.String("location") ?? _options.Location;
        foreach (var name in reader.Strings("tunnelServerNames"))
        {
            _options.TunnelServerNames.Add(name.Text);
        }

        var tunnels = new EdgeTunnelReader(_options, _faults);
        tunnels.ReadTunnels(reader);
        tunnels.ReadRoutes(reader);
        ReadCertificates(reader);
        ReadLimits(reader.Mapping("limits", "limits"));
        values.AddWeaker(ReadSettings(reader));
        reader.ReportUnknown(LogNames);
    }

    private static List<SettingValue> ReadSettings(MappingReader reader)
    {
        var settings = new List<SettingValue>();
        foreach (var name in LogNames)
        {
            if (name != "config" && reader.String(name) is { } text)
            {
                settings.Add(new SettingValue(SettingCatalogue.Find(name)!, [text], $"'{name}'", reader.PositionOf(name)));
            }
        }

        return settings;
    }

    private void ReadListeners(MappingReader reader)
    {
        var node = reader.Node("listen");
        if (node is null)
        {
            reader.Report(reader.Position, "'listen' is missing: where visitors are accepted, for example 'listen: [\"127.0.0.1:8080\"]'.");
        }

        foreach (var item in node is YamlSequence sequence ? sequence.Items : node is null ? [] : [node])
        {
            var listener = item is YamlMapping mapping ? new MappingReader(mapping, "listen", _faults) : null;
            var isTls = listener?.Bool("tls", false) ?? false;
            var text = listener is null ? (item as YamlScalar)?.Text : listener.String("address");
            listener?.ReportUnknown();
            if (text is null || !ListenEndPoint.TryParse(text, defaultPort: null, out var endPoint))
            {
                reader.Report(item, $"'listen' takes an address and a port such as '0.0.0.0:8080' or '[::]:8443'{(text is null ? "" : $", not '{text}'")}; names other than 'localhost' are not taken.");
            }
            else
            {
                _options.PublicListeners.Add(new EdgeListener(endPoint, isTls));
            }
        }

        if (reader.String("tunnelListen") is { } tunnel)
        {
            if (ListenEndPoint.TryParse(tunnel, EdgeOptions.DefaultTunnelPort, out var endPoint))
            {
                _options.TunnelEndPoint = endPoint;
            }
            else
            {
                reader.Report(reader.PositionOf("tunnelListen"), $"'tunnelListen' is an address and a port such as '0.0.0.0:{EdgeOptions.DefaultTunnelPort}', not '{tunnel}'.");
            }
        }
    }

    private void ReadCertificates(MappingReader reader)
    {
        foreach (var item in reader.Mappings("certificates", "Certificate"))
        {
            var certificate = item.String("certificate");
            var key = item.String("key");
            item.ReportUnknown();
            if (certificate is null)
            {
                item.Report(item.Position, $"{item.Name("certificate")} is missing: a PEM file with the certificate and its intermediates.");
            }
            else if (!PemFile.TryRead(certificate, out _, out var error))
            {
                item.Report(item.PositionOf("certificate"), $"{item.Name("certificate")}: {error}");
            }
            else if (key is not null && !TextFile.TryRead(key, out _, out error))
            {
                item.Report(item.PositionOf("key"), $"{item.Name("key")}: {error}");
            }
            else
            {
                _options.Certificates.Add(new EdgeCertificate(TextFile.Expand(certificate), key is null ? null : TextFile.Expand(key)));
            }
        }
    }

    private void ReadLimits(MappingReader reader)
    {
        var limits = _options.Limits;
        limits.HeadTimeout = reader.Duration("headTimeout", limits.HeadTimeout);
        limits.KeepAliveTimeout = reader.Duration("keepAliveTimeout", limits.KeepAliveTimeout);
        limits.BodyTimeout = reader.Duration("bodyTimeout", limits.BodyTimeout);
        limits.WriteTimeout = reader.Duration("writeTimeout", limits.WriteTimeout);
        limits.HandshakeTimeout = reader.Duration("handshakeTimeout", limits.HandshakeTimeout);
        limits.RegistrationTimeout = reader.Duration("registrationTimeout", limits.RegistrationTimeout);
        limits.LingerTimeout = reader.Duration("lingerTimeout", limits.LingerTimeout);
        limits.DrainTimeout = reader.Duration("drainTimeout", limits.DrainTimeout);
        limits.ReplacedTimeout = reader.Duration("replacedTimeout", limits.ReplacedTimeout);
        limits.MaxVisitorConnections = reader.Integer("maxVisitorConnections", limits.MaxVisitorConnections, 1, 10_000_000);
        limits.MaxConnectionsPerVisitor = reader.Integer("maxConnectionsPerVisitor", limits.MaxConnectionsPerVisitor, 0, 10_000_000);
        limits.MaxStreamsPerVisitor = reader.Integer("maxStreamsPerVisitor", limits.MaxStreamsPerVisitor, 0, 100_000_000);
        limits.MaxStreamsPerConnection = reader.Integer("maxStreamsPerConnection", limits.MaxStreamsPerConnection, 1, 1_000_000);
        limits.MaxUnregisteredConnections = reader.Integer("maxUnregisteredConnections", limits.MaxUnregisteredConnections, 1, 1_000_000);
        limits.MaxHeadSize = reader.Integer("maxHeadSize", limits.MaxHeadSize, 1024, 1024 * 1024);
        reader.ReportUnknown();
    }
}
