using Engine.Hosting.Settings;
using Engine.Ingress;
using Engine.Origins;

namespace Engine.Hosting.Configuration;

/// <summary>The rules: those of the file, or the one origin that settings describe.</summary>
/// <param name="values">The settings in force.</param>
/// <param name="file">What the file says.</param>
/// <param name="faults">Where faults go.</param>
/// <param name="warnings">Where warnings go.</param>
internal sealed class RuleSource(SettingValues values, ConnectorFile file, List<ConfigurationFault> faults, List<ConfigurationFault> warnings)
{
    private static readonly string[] Supported =
    [
        OriginScheme.Http, OriginScheme.Https, OriginScheme.WebSocket, OriginScheme.SecureWebSocket,
        OriginScheme.Unix, OriginScheme.UnixTls, OriginScheme.HttpStatus, OriginScheme.HelloWorld,
    ];

    private static readonly string[] BuiltIn = ["hello_world", "http_status:404", OriginScheme.SocksProxy, OriginScheme.Bastion];

    /// <summary>The rules, or null beside a fault.</summary>
    /// <param name="isEmbedded">Whether there is no edge that could send others.</param>
    public IngressRules? Read(bool isEmbedded)
    {
        var definitions = file.Rules ?? Single();
        if (definitions is null)
        {
            if (isEmbedded)
            {
                faults.Add(new ConfigurationFault("There are no rules and no origin: write 'ingress:' in a file and name it with --config, or give --url or --hello-world.", 0, 0));
                return null;
            }

            warnings.Add(new ConfigurationFault("There are no rules and no origin; every request is answered with 503.", 0, 0));
            definitions = [new IngressRuleDefinition { Service = "http_status:503" }];
        }

        if (!IngressRules.TryCreate(definitions, out var rules, out var found))
        {
            faults.AddRange(found.Select(fault => WithSuggestion(fault, definitions)));
            return null;
        }

        foreach (var rule in rules.Rules)
        {
            CheckSupport(rule, definitions[rule.Number - 1]);
        }

        return rules;
    }

    /// <summary>What this version cannot do is refused here instead of failing at the first visitor.</summary>
    private void CheckSupport(IngressRule rule, IngressRuleDefinition definition)
    {
        var position = definition.ServicePosition == default ? definition.Position : definition.ServicePosition;
        if (!Supported.Contains(rule.Origin.Scheme, StringComparer.Ordinal))
        {
            faults.Add(new ConfigurationFault(
                $"Rule {rule.Number}: service '{rule.Origin.Service}': origins of the kind '{rule.Origin.Scheme}' are not yet supported by this version; remove the rule.",
                position.Line,
                position.Column));
        }

        if (rule.Origin.Options.Http2Origin)
        {
            warnings.Add(new ConfigurationFault(
                $"Rule {rule.Number}: 'http2Origin' has no effect in this version: '{rule.Origin.Service}' is spoken to in HTTP/1.1.", position.Line, position.Column));
        }

        if (rule.Origin.Options.Access is { Required: true })
        {
            faults.Add(new ConfigurationFault(
                $"Rule {rule.Number}: 'access' with 'required: true' is not yet supported by this version, and without the check the origin would be open to everyone; remove the rule.",
                definition.Position.Line,
                definition.Position.Column));
        }
    }

    private static ConfigurationFault WithSuggestion(ConfigurationFault fault, IReadOnlyList<IngressRuleDefinition> definitions)
    {
        foreach (var definition in definitions)
        {
            if (fault.Line > 0
                && definition.ServicePosition == new TextPosition(fault.Line, fault.Column)
                && fault.Message.Contains("service '", StringComparison.Ordinal))
            {
                return fault with { Suggestion = NearestName.Find(definition.Service, BuiltIn) };
            }
        }

        return fault;
    }

    /// <summary>The reference's order: a demonstration, a bastion, a URL, a socket.</summary>
    private IReadOnlyList<IngressRuleDefinition>? Single()
    {
        string? service = null;
        string? from = null;
        if (values.Flag("hello-world"))
        {
            (service, from) = (OriginScheme.HelloWorld, "hello-world");
        }
        else if (values.Flag("bastion"))
        {
            (service, from) = (OriginScheme.Bastion, "bastion");
        }
        else if (values.Text("url") is { } url)
        {
            (service, from) = (Url(url), "url");
            if (values.Text("unix-socket") is not null)
            {
                values.Report(values.Find("unix-socket")!, $"{values.Find("unix-socket")!.Where} and {values.Find("url")!.Where} name two origins; keep one.");
            }
        }
        else if (values.Text("unix-socket") is { } socket)
        {
            (service, from) = ("unix:" + socket, "unix-socket");
        }

        return service is null
            ? null
            : [new IngressRuleDefinition { Service = service, Options = Options(), Position = values.Find(from!)!.Position }];
    }

    /// <summary>A URL without a scheme is HTTP, and its path is dropped.</summary>
    private static string Url(string url)
    {
        var full = url.Contains("://", StringComparison.Ordinal) ? url : "http://" + url;
        var path = full.IndexOf('/', full.IndexOf("://", StringComparison.Ordinal) + 3);
        return path < 0 ? full : full[..path];
    }

    private OriginOptions Options()
    {
        var fallback = OriginOptions.Default;
        var caPool = values.Text("origin-ca-pool");
        if (caPool is not null && !PemFile.TryRead(caPool, out _, out var error))
        {
            values.Report(values.Find("origin-ca-pool")!, $"{values.Find("origin-ca-pool")!.Where}: {error}");
        }

        return fallback with
        {
            ConnectTimeout = values.Duration("proxy-connect-timeout", fallback.ConnectTimeout, TimeSpan.FromHours(1)),
            TlsTimeout = values.Duration("proxy-tls-timeout", fallback.TlsTimeout, TimeSpan.FromHours(1)),
            TcpKeepAlive = values.Duration("proxy-tcp-keepalive", fallback.TcpKeepAlive, TimeSpan.FromHours(24)),
            NoHappyEyeballs = values.Flag("proxy-no-happy-eyeballs"),
            KeepAliveTimeout = values.Duration("proxy-keepalive-timeout", fallback.KeepAliveTimeout, TimeSpan.FromHours(24)),
            KeepAliveConnections = values.Integer("proxy-keepalive-connections", fallback.KeepAliveConnections, 0, 1_000_000),
            HttpHostHeader = values.Text("http-host-header"),
            OriginServerName = values.Text("origin-server-name"),
            CaPool = caPool is null ? null : TextFile.Expand(caPool),
            NoTlsVerify = values.Flag("no-tls-verify"),
            DisableChunkedEncoding = values.Flag("no-chunked-encoding"),
            Http2Origin = values.Flag("http2-origin"),
            ProxyType = values.Flag("socks5") ? "socks" : null,
        };
    }
}
