using System.Globalization;
using System.Net;
using Engine.Origins;

namespace Engine.Hosting.Configuration;

/// <summary>Reads <c>originRequest</c>: the same keys at the top level and in a rule, the rule's value over the other.</summary>
internal static class OriginOptionsReader
{
    /// <summary>Reads the mapping; what it does not say stays as in <paramref name="inherited"/>.</summary>
    public static OriginOptions Read(MappingReader reader, OriginOptions inherited)
    {
        var options = inherited with
        {
            ConnectTimeout = reader.Duration("connectTimeout", inherited.ConnectTimeout),
            TlsTimeout = reader.Duration("tlsTimeout", inherited.TlsTimeout),
            TcpKeepAlive = reader.Duration("tcpKeepAlive", inherited.TcpKeepAlive),
            NoHappyEyeballs = reader.Bool("noHappyEyeballs", inherited.NoHappyEyeballs),
            KeepAliveTimeout = reader.Duration("keepAliveTimeout", inherited.KeepAliveTimeout),
            KeepAliveConnections = reader.Integer("keepAliveConnections", inherited.KeepAliveConnections, 0, 1_000_000),
            HttpHostHeader = Text(reader, "httpHostHeader", inherited.HttpHostHeader),
            OriginServerName = Text(reader, "originServerName", inherited.OriginServerName),
            MatchSniToHost = reader.Bool("matchSNItoHost", inherited.MatchSniToHost),
            CaPool = CaPool(reader, inherited.CaPool),
            NoTlsVerify = reader.Bool("noTLSVerify", inherited.NoTlsVerify),
            DisableChunkedEncoding = reader.Bool("disableChunkedEncoding", inherited.DisableChunkedEncoding),
            Http2Origin = reader.Bool("http2Origin", inherited.Http2Origin),
            BastionMode = reader.Bool("bastionMode", inherited.BastionMode),
            ProxyType = ProxyType(reader, inherited.ProxyType),
            IpRules = IpRules(reader, inherited.IpRules),
            Access = Access(reader) ?? inherited.Access,
        };

        // Obsolete: the reference reads them and does nothing with them.
        reader.String("proxyAddress");
        reader.Integer("proxyPort", 0, 0, ushort.MaxValue);
        reader.ReportUnknown();
        return options;
    }

    private static string? Text(MappingReader reader, string key, string? inherited)
    {
        var text = reader.String(key);
        if (text is null)
        {
            return inherited;
        }

        foreach (var character in text)
        {
            if (character is <= ' ' or >= '\x7F')
            {
                reader.Report(reader.PositionOf(key), $"{reader.Name(key)} is a host name, without spaces and control characters; write international names in punycode.");
                return inherited;
            }
        }

        return text.Length == 0 ? null : text;
    }

    private static string? CaPool(MappingReader reader, string? inherited)
    {
        var path = reader.String("caPool");
        if (string.IsNullOrEmpty(path))
        {
            return inherited;
        }

        if (PemFile.TryRead(path, out _, out var error))
        {
            return TextFile.Expand(path);
        }

        reader.Report(reader.PositionOf("caPool"), $"{reader.Name("caPool")}: {error}");
        return inherited;
    }

    private static string? ProxyType(MappingReader reader, string? inherited)
    {
        switch (reader.String("proxyType"))
        {
            case null:
                return inherited;
            case "":
                return null;
            case "socks":
                return "socks";
            default:
                reader.Report(reader.PositionOf("proxyType"), $"{reader.Name("proxyType")} is 'socks' or empty.");
                return inherited;
        }
    }

    private static IReadOnlyList<IpRule> IpRules(MappingReader reader, IReadOnlyList<IpRule> inherited)
    {
        if (reader.Node("ipRules") is null)
        {
            return inherited;
        }

        var rules = new List<IpRule>();
        foreach (var item in reader.Mappings("ipRules", reader.Name("ipRules").Replace("'", "", StringComparison.Ordinal)))
        {
            var prefix = item.String("prefix");
            if (prefix is null || !TryReadNetwork(prefix, out var network))
            {
                item.Report(item.PositionOf("prefix"), $"{item.Name("prefix")} is a network such as '10.0.0.0/8'{(prefix is null ? " and is missing" : $", not '{prefix}'")}.");
                network = default;
            }

            rules.Add(new IpRule(network, Ports(item), item.Bool("allow", false)));
            item.ReportUnknown();
        }

        return rules;
    }

    private static bool TryReadNetwork(string text, out IPNetwork network)
    {
        network = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0
            || !IPAddress.TryParse(text.AsSpan(0, slash), out var address)
            || !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var length))
        {
            return false;
        }

        // Like Go's parser, bits beyond the prefix are dropped instead of refused.
        var octets = address.GetAddressBytes();
        if (length > octets.Length * 8)
        {
            return false;
        }

        for (var i = 0; i < octets.Length; i++)
        {
            octets[i] &= (byte)(0xFF << Math.Clamp(((i + 1) * 8) - length, 0, 8));
        }

        network = new IPNetwork(new IPAddress(octets), length);
        return true;
    }

    private static List<int> Ports(MappingReader reader)
    {
        var ports = new List<int>();
        foreach (var scalar in reader.Strings("ports"))
        {
            if (ushort.TryParse(scalar.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0)
            {
                ports.Add(port);
            }
            else
            {
                reader.Report(scalar, $"{reader.Name("ports")} are whole numbers from 1 to 65535, not {scalar.Kind}.");
            }
        }

        return ports;
    }

    private static AccessOptions? Access(MappingReader reader)
    {
        if (reader.Node("access") is null)
        {
            return null;
        }

        var access = reader.Mapping("access", reader.Name("access").Replace("'", "", StringComparison.Ordinal));
        var team = access.String("teamName") ?? "";
        var tags = access.Strings("audTag").Select(tag => tag.Text).ToArray();
        var result = new AccessOptions(access.Bool("required", false), team, tags, access.String("environment"));
        if (tags.Length > 0 && team.Length == 0)
        {
            access.Report(access.PositionOf("audTag"), $"{access.Name("audTag")} needs a 'teamName' beside it.");
        }

        access.ReportUnknown();
        return result;
    }
}
