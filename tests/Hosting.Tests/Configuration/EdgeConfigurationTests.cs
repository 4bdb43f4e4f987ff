using Engine.Hosting.Configuration;
using Engine.Hosting.Settings;
using Engine.Testing;
using Engine.Tunnels;

namespace Engine.Hosting.Tests.Configuration;

public sealed class EdgeConfigurationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TunnelCredentials _credentials = new("account", Guid.NewGuid(), new byte[32], null);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_whole_file_is_understood()
    {
        var outcome = Load($$"""
            listen:
              - 127.0.0.1:8080
              - address: "[::1]:8443"
                tls: true
            tunnelListen: 127.0.0.1
            dataFolder: {{_folder["data"]}}
            location: here
            tunnelServerNames: [edge.example.com]
            grace-period: 5s
            log-format: json
            limits:
              headTimeout: 1s
              bodyTimeout: 2m
              writeTimeout: 0s
              maxVisitorConnections: 10
              maxConnectionsPerVisitor: 0
              maxStreamsPerVisitor: 7
              maxStreamsPerConnection: 3
            tunnels:
              - name: demo
                id: 11111111-2222-3333-4444-555555555555
                accountTag: tag
                secret: AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=
              - name: token
                token: {{_credentials.ToToken()}}
              - credentialsFile: {{_folder.Write("c.json", (_credentials with { TunnelId = Guid.Empty.Next() }).ToJson())}}
            routes:
              - hostname: app.example.com
                tunnel: Demo
              - hostname: "*.example.com"
                tunnel: {{_credentials.TunnelId}}
              - hostname: "*"
                tunnel: token
            """, out var log);

        Assert.Empty(outcome.Faults.Select(outcome.Describe));
        var options = outcome.Value!.Options;
        Assert.Equal(["127.0.0.1:8080 False", "[::1]:8443 True"], options.PublicListeners.Select(listener => $"{listener.EndPoint} {listener.IsTls}"));
        Assert.Equal("127.0.0.1:7844", options.TunnelEndPoint!.ToString());
        Assert.Equal(3, options.Tunnels.Count);
        Assert.Equal(32, options.Tunnels[0].Secret.Length);
        Assert.Equal([options.Tunnels[0].Id, _credentials.TunnelId, _credentials.TunnelId], options.Routes.Select(route => route.TunnelId));
        Assert.Equal(TimeSpan.FromSeconds(1), options.Limits.HeadTimeout);
        Assert.Equal(TimeSpan.FromMinutes(2), options.Limits.BodyTimeout);
        Assert.Equal(TimeSpan.Zero, options.Limits.WriteTimeout);
        Assert.Equal(10, options.Limits.MaxVisitorConnections);
        Assert.Equal([0, 7, 3], [options.Limits.MaxConnectionsPerVisitor, options.Limits.MaxStreamsPerVisitor, options.Limits.MaxStreamsPerConnection]);
        Assert.Equal(TimeSpan.FromSeconds(5), outcome.Value.GracePeriod);
        Assert.True(log.IsJson);
    }

    [Fact]
    public void Every_fault_is_told_at_once_with_place_and_nearest_name()
    {
        var outcome = Load("""
            listen: [example.com:80, "127.0.0.1:99999"]
            tunnelLsten: 127.0.0.1
            tunnels:
              - name: demo
                id: nonsense
                secret: AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=
              - name: short
                id: 11111111-2222-3333-4444-555555555555
                secret: AAEC
              - name: none
              - name: good
                id: 11111111-2222-3333-4444-555555555555
                secret: AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=
            routes:
              - hostname: app.example.com:80
                tunnel: good
              - hostname: a.example.com
                tunnel: god
              - hostname: A.example.com
                tunnel: good
              - tunnel: good
            certificates:
              - certificate: /nowhere/cert.pem
            """, out _);

        Assert.Null(outcome.Value);
        var lines = outcome.Faults.Select(outcome.Describe).ToArray();
        foreach (var (place, word) in new[]
        {
            ("1:10:", "example.com:80"), ("1:26:", "127.0.0.1:99999"), ("2:1:", "Did you mean 'tunnelListen'?"), ("5:9:", "UUID"), ("9:13:", "base64"),
            ("10:5:", "give one of"), ("15:15:", "without a port"), ("18:13:", "Did you mean 'good'?"), ("19:15:", "earlier route"), ("21:5:", "missing"), ("23:18:", "does not exist"),
        })
        {
            Assert.Contains(lines, line => line.Contains($"edge.yaml:{place}", StringComparison.Ordinal) && line.Contains(word, StringComparison.Ordinal));
        }

        Assert.DoesNotContain(lines, line => line.Contains("AAEC", StringComparison.Ordinal));
    }

    [Fact]
    public void An_edge_needs_its_file_and_somewhere_to_listen()
    {
        Assert.Contains("--config", Assert.Single(EdgeConfiguration.Load([], null, out _).Faults).Message, StringComparison.Ordinal);
        Assert.Contains("'listen' is missing", Assert.Single(Load("location: here", out _).Faults).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_sample_is_sound()
    {
        var outcome = EdgeConfiguration.Load([new SettingValue(SettingCatalogue.Find("config")!, [Repository.At("samples", "edge.yaml")], "--config")], null, out _);

        Assert.Empty(outcome.Faults.Select(outcome.Describe));
    }

    private ConfigurationOutcome<EdgeSettings> Load(string text, out LogSettings log) =>
        EdgeConfiguration.Load([new SettingValue(SettingCatalogue.Find("config")!, [_folder.Write("edge.yaml", text)], "--config")], null, out log);
}

file static class GuidExtensions
{
    public static Guid Next(this Guid id) => new([.. id.ToByteArray().Take(15), 1]);
}
