using System.Globalization;
using Engine.Hosting.Settings;
using Engine.Hosting.Yaml;
using Engine.Ingress;
using Engine.Origins;

namespace Engine.Hosting.Configuration;

/// <summary>What a connector's file says: rules, the tunnel, and any setting by its name.</summary>
internal sealed class ConnectorFile
{
    /// <summary>False when the text is no YAML at all, so that nothing that misses in it can be held against it.</summary>
    public bool IsReadable { get; private set; } = true;

    /// <summary>The tunnel's id or name, or null.</summary>
    public string? Tunnel { get; private set; }

    public TextPosition TunnelPosition { get; private set; }

    /// <summary>The rules, or null when there is no <c>ingress</c>.</summary>
    public IReadOnlyList<IngressRuleDefinition>? Rules { get; private set; }

    /// <summary>The top-level <c>originRequest</c>.</summary>
    public OriginOptions OriginRequest { get; private set; } = OriginOptions.Default;

    /// <summary>Settings that stand in the file by their names.</summary>
    public IReadOnlyList<SettingValue> Settings { get; private set; } = [];

    /// <summary>Reads the text of a file; what can be read is, beside all faults.</summary>
    public static ConnectorFile Read(string text, List<ConfigurationFault> faults, List<ConfigurationFault> warnings)
    {
        var file = new ConnectorFile();
        var root = YamlReader.Read(text, faults);
        file.IsReadable = root is not null || faults.Count == 0;
        if (root is null or YamlScalar { IsNull: true })
        {
            if (faults.Count == 0)
            {
                warnings.Add(new ConfigurationFault("The configuration file is empty.", 0, 0));
            }

            return file;
        }

        if (root is not YamlMapping mapping)
        {
            faults.Add(new ConfigurationFault($"The file is {root.Kind}; it has to be keys with values, such as 'ingress:'.", root.Position.Line, root.Position.Column));
            return file;
        }

        var reader = new MappingReader(mapping, "", faults);
        file.Tunnel = reader.String("tunnel");
        file.TunnelPosition = reader.PositionOf("tunnel");
        file.OriginRequest = OriginOptionsReader.Read(reader.Mapping("originRequest", "originRequest"), OriginOptions.Default);
        file.Rules = ReadRules(reader, file.OriginRequest);
        ReadPrivateRouting(reader, warnings);
        file.Settings = ReadSettings(reader, mapping);
        reader.ReportUnknown(SettingCatalogue.Names);
        return file;
    }

    private static List<IngressRuleDefinition>? ReadRules(MappingReader reader, OriginOptions inherited)
    {
        if (reader.Node("ingress") is null)
        {
            return null;
        }

        var rules = new List<IngressRuleDefinition>();
        foreach (var rule in reader.Mappings("ingress", "Rule"))
        {
            rules.Add(new IngressRuleDefinition
            {
                // What is no rule at all has been reported; it stands in for one, so that the others keep their numbers.
                Hostname = rule.IsMapping ? rule.String("hostname") : "no.rule",
                Path = rule.String("path"),
                Service = rule.IsMapping ? rule.String("service") ?? "" : "http_status:503",
                Options = OriginOptionsReader.Read(rule.Mapping("originRequest", string.Create(CultureInfo.InvariantCulture, $"Rule {rules.Count + 1}: originRequest")), inherited),
                Position = rule.Position,
                HostnamePosition = rule.PositionOf("hostname"),
                PathPosition = rule.PositionOf("path"),
                ServicePosition = rule.PositionOf("service"),
            });
            rule.ReportUnknown();
        }

        return rules;
    }

    private static void ReadPrivateRouting(MappingReader reader, List<ConfigurationFault> warnings)
    {
        var node = reader.Node("warp-routing");
        var routing = reader.Mapping("warp-routing", "warp-routing");
        routing.Bool("enabled", false);
        routing.Duration("connectTimeout", TimeSpan.Zero);
        routing.Duration("tcpKeepAlive", TimeSpan.Zero);
        routing.Integer("maxActiveFlows", 0, 0, int.MaxValue);
        routing.ReportUnknown();
        if (node is not null)
        {
            warnings.Add(new ConfigurationFault(
                "'warp-routing' has no effect here: private networks are not yet supported by this version.",
                node.Position.Line,
                node.Position.Column));
        }
    }

    private static List<SettingValue> ReadSettings(MappingReader reader, YamlMapping mapping)
    {
        var values = new List<SettingValue>();
        foreach (var entry in mapping.Entries)
        {
            if (SettingCatalogue.Find(entry.Key.Text) is { } setting && ReadSetting(reader, setting, entry.Key.Text) is { } texts)
            {
                values.Add(new SettingValue(setting, texts, $"'{entry.Key.Text}'", entry.Value.Position));
            }
        }

        return values;
    }

    /// <summary>Types are strict, as in the reference: a text is no number and a number no text.</summary>
    private static IReadOnlyList<string>? ReadSetting(MappingReader reader, Setting setting, string key)
    {
        var node = reader.Node(key);
        if (node is null)
        {
            return null;
        }

        if (setting.Kind == SettingKind.List)
        {
            return [.. reader.Strings(key).Select(scalar => scalar.Text)];
        }

        if (node is not YamlScalar scalar)
        {
            reader.Report(node, $"'{key}' takes one value, not {node.Kind}.");
            return null;
        }

        switch (setting.Kind)
        {
            case SettingKind.Flag when MappingReader.TryReadBool(scalar, out var flag):
                return [flag ? "true" : "false"];
            case SettingKind.Flag:
                reader.Report(scalar, $"'{key}' is 'true' or 'false' (without quotes), not {scalar.Kind}.");
                return null;
            case SettingKind.Integer when !scalar.IsPlain:
                reader.Report(scalar, $"'{key}' is a whole number (without quotes), not {scalar.Kind}.");
                return null;
            default:
                return [scalar.Text];
        }
    }
}
