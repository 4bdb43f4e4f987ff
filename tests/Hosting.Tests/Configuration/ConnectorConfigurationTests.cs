using System.Net;
using System.Net.Sockets;
using Engine.Hosting.Configuration;
using Engine.Hosting.Settings;
using Engine.Origins;
using Engine.Testing;
using Engine.Tunnels;
using Microsoft.Extensions.Logging;

namespace Engine.Hosting.Tests.Configuration;

public sealed class ConnectorConfigurationTests : IDisposable
{
    private const string Rules = "ingress:\n  - service: http_status:404\n";

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<string, string> _environment = [];
    private readonly TunnelCredentials _credentials = new("account", Guid.NewGuid(), new byte[32], null);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Without_edge_and_tunnel_an_edge_is_embedded()
    {
        var settings = Sound(Load(Rules));

        Assert.True(settings.IsEmbedded);
        Assert.Equal(8080, settings.HttpPort);
        Assert.Equal(4, settings.Connections);
        Assert.Equal(TimeSpan.FromSeconds(30), settings.GracePeriod);
    }

    [Fact]
    public void The_whole_file_of_the_reference_is_understood()
    {
        _folder.Write("credentials.json", _credentials.ToJson());
        var outcome = Load($$"""
            tunnel: {{_credentials.TunnelId}}
            credentials-file: {{_folder["credentials.json"]}}
            edge: ["127.0.0.1:1", "[::1]:2", edge.example.com]
            ha-connections: 2
            grace-period: 1m
            protocol: http2
            no-autoupdate: true
            loglevel: debug
            metrics: "127.0.0.1:0"
            originRequest:
              connectTimeout: 5s
              noTLSVerify: true
              originServerName: inner.example.com
            ingress:
              - hostname: app.example.com
                path: \.(jpg|png)$
                service: https://localhost:8000
                originRequest:
                  noTLSVerify: false
                  tlsTimeout: 1m30s
                  tcpKeepAlive: 10s
                  noHappyEyeballs: true
                  keepAliveTimeout: 10s
                  keepAliveConnections: 7
                  httpHostHeader: inner
                  matchSNItoHost: true
                  disableChunkedEncoding: true
                  http2Origin: true
                  proxyAddress: 127.0.0.1
                  proxyPort: 9
                  access: {required: false, teamName: team, audTag: [a]}
              - hostname: "*.example.com"
                service: unix:/run/app.sock
              - service: http_status:404
            """, out var log);
        var settings = Sound(outcome);

        Assert.Contains("Rule 1: 'http2Origin' has no effect", Assert.Single(outcome.Warnings).Message, StringComparison.Ordinal);
        Assert.Equal(_credentials.TunnelId, settings.Credentials!.TunnelId);
        Assert.Equal(
            [new IPEndPoint(IPAddress.Loopback, 1), new IPEndPoint(IPAddress.IPv6Loopback, 2), new DnsEndPoint("edge.example.com", 7844, AddressFamily.Unspecified)],
            settings.Edges);
        Assert.Equal(2, settings.Connections);
        Assert.Equal(TimeSpan.FromMinutes(1), settings.GracePeriod);
        Assert.Equal(LogLevel.Debug, log.Level);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 0), settings.Metrics);
        var options = settings.Rules.Rules[0].Origin.Options;
        Assert.False(options.NoTlsVerify);
        Assert.Equal(TimeSpan.FromSeconds(5), options.ConnectTimeout);
        Assert.Equal(TimeSpan.FromSeconds(90), options.TlsTimeout);
        Assert.Equal("inner.example.com", options.OriginServerName);
        Assert.Equal(7, options.KeepAliveConnections);
        Assert.Equal("inner", options.HttpHostHeader);
        Assert.True(options.MatchSniToHost && options.DisableChunkedEncoding && options.Http2Origin && options.NoHappyEyeballs);
        Assert.Equal("team", options.Access!.TeamName);
        Assert.True(settings.Rules.Rules[1].Origin.Options.NoTlsVerify);
    }

    [Fact]
    public void Every_fault_is_told_at_once_with_place_and_nearest_name()
    {
        var outcome = Load("""
            ha-conections: 4
            grace-period: 5m
            metrics: 20241
            no-autoupdate: "true"
            edge-ip-version: 5
            originRequest:
              connectTimeout: 30
            ingress:
              - hostnme: app.example.com
                service: hello_wrld
              - hostname: a.*.com
                service: http://localhost:1
                originRequest:
                  noTlsVerify: true
                  keepAliveConnections: many
              - just text
              - service: ssh://localhost:22
            """);

        Assert.Null(outcome.Value);
        var lines = outcome.Faults.Select(outcome.Describe).ToArray();
        AssertFault(lines, "1:1:", "Did you mean 'ha-connections'?");
        AssertFault(lines, "2:15:", "equal or less than 3m");
        AssertFault(lines, "3:10:", "'metrics'");
        AssertFault(lines, "4:16:", "without quotes");
        AssertFault(lines, "5:18:", "'edge-ip-version'");
        AssertFault(lines, "7:19:", "'30s'");
        AssertFault(lines, "9:5:", "Did you mean 'hostname'?");
        AssertFault(lines, "10:14:", "Did you mean 'hello_world'?");
        AssertFault(lines, "11:15:", "Rule 2: hostname 'a.*.com'");
        AssertFault(lines, "14:7:", "Did you mean 'noTLSVerify'?");
        AssertFault(lines, "15:29:", "whole number");
        AssertFault(lines, "16:5:", "Rule 3 is a mapping");
        Assert.All(lines, line => Assert.StartsWith(_folder["config.yaml"] + ":", line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("ssh://localhost")]
    [InlineData("rdp://localhost")]
    [InlineData("tcp://localhost:1")]
    [InlineData("socks-proxy")]
    [InlineData("bastion")]
    public void What_this_version_cannot_carry_is_refused_with_its_rule(string service)
    {
        var outcome = Load($"ingress:\n  - hostname: a.com\n    service: {service}\n  - service: http_status:404\n");

        AssertFault(outcome.Faults.Select(outcome.Describe), "3:14:", "Rule 1:", "not yet supported by this version");
    }

    [Theory]
    [InlineData("tunnel: {0}\ncredentials-file: {1}\ningress: [{{service: http_status:404}}]\n", "no edge")]
    [InlineData("edge: a.example.com\ningress: [{{service: http_status:404}}]\n", "no tunnel")]
    [InlineData("protocol: quic\ningress: [{{service: http_status:404}}]\n", "'quic' is not yet supported")]
    [InlineData("protocol: htp2\ningress: [{{service: http_status:404}}]\n", "Did you mean 'http2'?")]
    [InlineData("post-quantum: true\ningress: [{{service: http_status:404}}]\n", "not yet supported")]
    [InlineData("ingress: [{{service: http_status:404, originRequest: {{access: {{required: true, teamName: t}}}}}}]\n", "open to everyone")]
    [InlineData("ingress: [{{service: http_status:404, originRequest: {{access: {{audTag: [a]}}}}}}]\n", "teamName")]
    [InlineData("ingress: [{{service: http_status:404, originRequest: {{caPool: /nowhere/ca.pem}}}}]\n", "does not exist")]
    [InlineData("ingress: [{{service: http_status:404, originRequest: {{proxyType: sock}}}}]\n", "'socks'")]
    [InlineData("ingress: [{{service: http_status:404, originRequest: {{ipRules: [{{prefix: 10.0.0.0}}]}}}}]\n", "network")]
    [InlineData("ingress: [{{service: http_status:404, originRequest: {{ipRules: [{{prefix: 10.0.0.0/8, ports: [0]}}]}}}}]\n", "65535")]
    [InlineData("ingress: [{{service: http_status:404, originRequest: {{httpHostHeader: \"a\\r\\nb\"}}}}]\n", "host name")]
    [InlineData("ingress: []\n", "no ingress rules")]
    [InlineData("ingress: text\n", "'ingress' is a list")]
    [InlineData("- a\n", "keys with values")]
    [InlineData("loglevel: debug\n", "no rules and no origin")]
    [InlineData("cacert: /nowhere/ca.pem\ningress: [{{service: http_status:404}}]\n", "does not exist")]
    [InlineData("credentials-file: /nowhere/c.json\nedge: a\ningress: [{{service: http_status:404}}]\n", "does not exist")]
    public void A_contradiction_is_a_fault(string text, string reason)
    {
        var outcome = Load(string.Format(System.Globalization.CultureInfo.InvariantCulture, text, _credentials.TunnelId, _folder.Write("credentials.json", _credentials.ToJson())));

        Assert.Null(outcome.Value);
        AssertFault(outcome.Faults.Select(outcome.Describe), reason);
    }

    [Fact]
    public void A_broken_file_is_one_fault_and_no_others()
    {
        var outcome = Load("ingress: [\n");

        Assert.Contains("This is not YAML", Assert.Single(outcome.Faults).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_one_line_with_its_name()
    {
        var outcome = ConnectorConfiguration.Load(new ConnectorSources { CommandLine = [Value("config", "/nowhere/config.yaml")] }, out _);

        var fault = Assert.Single(outcome.Faults);
        Assert.Contains("--config", fault.Message, StringComparison.Ordinal);
        Assert.Contains("'/nowhere/config.yaml' does not exist", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_command_line_goes_over_the_environment_and_that_over_the_file()
    {
        _environment["TUNNEL_GRACE_PERIOD"] = "20s";
        _environment["TUNNEL_METRICS"] = "127.0.0.1:2";
        var settings = Sound(Load("grace-period: 10s\nmetrics: 127.0.0.1:1\nhttp-port: 1\n" + Rules, out _, Value("grace-period", "30s"), Value("http-port", "0")));

        Assert.Equal(TimeSpan.FromSeconds(30), settings.GracePeriod);
        Assert.Equal(2, settings.Metrics!.Port);
        Assert.Equal(0, settings.HttpPort);
    }

    [Fact]
    public void A_token_goes_over_a_file_of_credentials()
    {
        _environment["TUNNEL_TOKEN"] = _credentials.ToToken();
        _environment["TUNNEL_EDGE"] = "a:1, b:2";
        var settings = Sound(Load("credentials-file: /nowhere\n" + Rules));

        Assert.Equal(_credentials.TunnelId, settings.Credentials!.TunnelId);
        Assert.Equal(2, settings.Edges.Count);
    }

    [Fact]
    public void A_bad_token_is_one_line_that_does_not_show_it()
    {
        var outcome = Load(Rules, out _, Value("token", "bm90IGEgdG9rZW4="), Value("edge", "a"));

        var fault = Assert.Single(outcome.Faults);
        Assert.Contains("--token", fault.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("bm90", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Credentials_are_found_by_the_tunnels_id()
    {
        _folder.Write(_credentials.TunnelId + ".json", _credentials.ToJson());
        var settings = Sound(Load($"tunnel: {_credentials.TunnelId}\nedge: a\n" + Rules));

        Assert.Equal(_credentials.TunnelId, settings.Credentials!.TunnelId);
    }

    [Fact]
    public void The_default_file_is_found_in_the_search_folders()
    {
        _folder.Write("config.yml", Rules);
        var outcome = ConnectorConfiguration.Load(new ConnectorSources { SearchFolders = ["/nowhere", _folder.Path] }, out _);

        Assert.Equal(_folder["config.yml"], outcome.File);
        Sound(outcome);
    }

    [Theory]
    [InlineData("hello-world", "true", OriginScheme.HelloWorld)]
    [InlineData("url", "localhost:3000/path", OriginScheme.Http)]
    [InlineData("url", "https://localhost:3000", OriginScheme.Https)]
    [InlineData("unix-socket", "/run/app.sock", OriginScheme.Unix)]
    public void One_origin_needs_no_file(string name, string text, string scheme)
    {
        var outcome = ConnectorConfiguration.Load(
            new ConnectorSources { CommandLine = [Value(name, text), Value("no-tls-verify", "true"), Value("proxy-connect-timeout", "1s")] },
            out _);
        var origin = Assert.Single(Sound(outcome).Rules.Rules).Origin;

        Assert.Equal(scheme, origin.Scheme);
        Assert.True(origin.Options.NoTlsVerify);
        Assert.Equal(TimeSpan.FromSeconds(1), origin.Options.ConnectTimeout);
    }

    [Fact]
    public void What_has_no_effect_here_is_a_warning_with_its_place()
    {
        var outcome = Load("retries: 3\nwarp-routing: {enabled: true}\nregion: us\n" + Rules);

        Sound(outcome);
        Assert.Equal(
            ["2:15: 'warp-routing' has no effect here", "1:10: 'retries' has no effect here", "3:9: 'region' has no effect here"],
            outcome.Warnings.Select(warning => warning.ToString().Split(':') is [var line, var column, var text, ..] ? $"{line}:{column}:{text.TrimEnd('.')}" : ""));
    }

    [Fact]
    public void Tags_are_names_with_values()
    {
        Assert.Equal([new("a", "b"), new("c", "d=e")], Sound(Load("tag: [a=b, c=d=e]\n" + Rules)).Tags);
        Assert.All(["a", "=b", "a b=c", "a=\u00FC"], tag => Assert.Contains("NAME=VALUE", Assert.Single(Load($"tag: ['{tag}']\n" + Rules).Faults).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_family_is_asked_of_names_and_refused_to_addresses()
    {
        var settings = Sound(Load($"edge: [a.example.com]\nedge-ip-version: '6'\ntoken: {_credentials.ToToken()}\n" + Rules));
        Assert.Equal(AddressFamily.InterNetworkV6, Assert.Single(settings.Edges).AddressFamily);

        var outcome = Load($"edge: [127.0.0.1]\nedge-ip-version: '6'\ntoken: {_credentials.ToToken()}\n" + Rules);
        Assert.Contains("family", Assert.Single(outcome.Faults).Message, StringComparison.Ordinal);
    }

    private ConfigurationOutcome<ConnectorSettings> Load(string text) => Load(text, out _);

    private ConfigurationOutcome<ConnectorSettings> Load(string text, out LogSettings log, params SettingValue[] commandLine) =>
        ConnectorConfiguration.Load(
            new ConnectorSources
            {
                CommandLine = [Value("config", _folder.Write("config.yaml", text)), .. commandLine],
                Environment = name => _environment.GetValueOrDefault(name),
                SearchFolders = [_folder.Path],
            },
            out log);

    private static SettingValue Value(string name, string text) => new(SettingCatalogue.Find(name)!, [text], "--" + name);

    private static ConnectorSettings Sound(ConfigurationOutcome<ConnectorSettings> outcome)
    {
        Assert.Empty(outcome.Faults.Select(outcome.Describe));
        return outcome.Value!;
    }

    private static void AssertFault(IEnumerable<string> lines, params string[] parts) =>
        Assert.Contains(lines, line => parts.All(part => line.Contains(part, StringComparison.Ordinal)));
}
