using System.Text;
using Engine.Http2;
using Engine.Testing;
using Engine.Transports;
using Engine.Tunnels;

namespace Engine.Tests.Tunnels;

public class ConfigurationTests
{
    private readonly List<(int Version, string Json)> _applied = [];

    [Fact]
    public async Task A_pushed_configuration_is_applied_and_answered_with_its_version()
    {
        await using var pair = await CreateAsync();
        Assert.Contains(TunnelFeatures.AllowRemoteConfiguration, pair.Edge.Registration.Features);
        Assert.Equal(new ConfigurationResult(5, null), await PushAsync(pair, 5, """{"ingress":[{"service":"http_status:404"}]}"""));
        Assert.Equal([(5, """{"ingress":[{"service":"http_status:404"}]}""")], _applied);
    }

    [Fact]
    public async Task A_version_that_is_not_newer_is_answered_with_the_one_in_force()
    {
        await using var pair = await CreateAsync();
        await PushAsync(pair, 5, "{}");
        Assert.Equal(new ConfigurationResult(5, null), await PushAsync(pair, 5, "{}"));
        Assert.Equal(new ConfigurationResult(5, null), await PushAsync(pair, 4, "{}"));
        Assert.Equal(new ConfigurationResult(6, null), await PushAsync(pair, 6, "{}"));
        Assert.Equal([5, 6], _applied.Select(entry => entry.Version));
    }

    [Fact]
    public async Task A_configuration_that_is_refused_or_throws_leaves_the_old_one_in_force()
    {
        await using var pair = await CreateAsync();
        await PushAsync(pair, 1, "{}");
        Assert.Equal(new ConfigurationResult(1, "no catch-all"), await PushAsync(pair, 2, """{"refuse":1}"""));
        Assert.Equal(new ConfigurationResult(1, "broken"), await PushAsync(pair, 3, """{"throw":1}"""));
        Assert.Equal(new ConfigurationResult(4, null), await PushAsync(pair, 4, "{}"));
    }

    [Fact]
    public async Task A_connector_without_a_delegate_refuses()
    {
        await using var pair = await TunnelPair.CreateAsync();
        var result = await PushAsync(pair, 1, "{}");
        Assert.Equal(-1, result.LastAppliedVersion);
        Assert.NotNull(result.Error);
    }

    [Theory]
    [InlineData("""{"version":3,"config":{"refuse":1}}""", "200", """{"lastAppliedVersion":-1,"err":{}}""")] // a stranger gets no text
    [InlineData("""{"version":3,"config":{}}""", "200", """{"lastAppliedVersion":3,"err":null}""")]
    [InlineData(""" { "more":[1,{"version":9}], "config" : { "a" : [ ] } , "version" : 3 } """, "200", """{"lastAppliedVersion":3,"err":null}""")]
    [InlineData("""{"version":3}""", "502", "")]
    [InlineData("""{"config":{}}""", "502", "")]
    [InlineData("""{"version":3,"config":[]}""", "502", "")]
    [InlineData("""{"version":3000000000,"config":{}}""", "502", "")]
    [InlineData("""{"version":3,"config":{}}x""", "502", "")]
    [InlineData("""{"version":3,"config":{""", "502", "")]
    [InlineData("[]", "502", "")]
    [InlineData("", "502", "")]
    public async Task A_stranger_that_pushes_gets_the_original_answers(string body, string status, string answer)
    {
        var (near, far) = MemoryConnection.CreatePair();
        var edge = new ScriptedEdge(far);
        var registering = TunnelConnection.RegisterAsync(near, TunnelPair.Registration(), Options()).AsTask();
        await edge.OpenControlStreamAsync();
        await edge.AnswerRegistrationAsync();
        await using var connector = await registering.Within();
        _ = connector.AcceptAsync().AsTask();
        // The method and the path mean nothing.
        var push = await edge.OpenAsync(TunnelPair.Head(("cf-cloudflared-proxy-connection-upgrade", "update-configuration")));
        foreach (var character in body)
        {
            await push.Transport.SendAsync($"{character}");
        }

        await push.Transport.EndAsync();
        var head = await push.ReadHeadAsync().Within();
        Assert.Equal(status, head.GetString(":status"u8));
        Assert.Equal(answer, await push.Transport.ReadToEndAsync());
    }

    [Fact]
    public async Task A_configuration_without_end_is_refused()
    {
        await using var pair = await TunnelPair.CreateAsync(new TunnelConnectionOptions { MaxConfigurationSize = 1000 });
        _ = pair.Connector.AcceptAsync().AsTask();
        await Assert.ThrowsAsync<IOException>(() => pair.Edge.PushConfigurationAsync(1, Encoding.ASCII.GetBytes($"\"{new string('x', 2000)}\"")).Within());
    }

    [Fact]
    public async Task A_connector_that_does_not_answer_a_push_is_not_waited_for_without_end()
    {
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        var never = new TaskCompletionSource<ConfigurationResult>();
        await using var pair = await TunnelPair.CreateAsync(
            new TunnelConnectionOptions { OnConfiguration = (_, _) => new(never.Task) }, new EdgeTunnelOptions { TimeProvider = time });
        var pushing = pair.Edge.PushConfigurationAsync(1, "{}"u8.ToArray()).AsTask();
        time.Advance(TimeSpan.FromSeconds(10));
        await Assert.ThrowsAsync<TimeoutException>(() => pushing.Within());

        pushing = pair.Edge.PushConfigurationAsync(1, "{}"u8.ToArray()).AsTask();
        pair.Edge.Abort("pulled out");
        await Assert.ThrowsAnyAsync<IOException>(() => pushing.Within());
        Assert.Equal(0, pair.Edge.ActiveStreams);
    }

    private Task<TunnelPair> CreateAsync() => TunnelPair.CreateAsync(Options());

    private TunnelConnectionOptions Options()
    {
        var current = -1;
        return new TunnelConnectionOptions
        {
            OnConfiguration = (configuration, _) =>
            {
                var json = Encoding.UTF8.GetString(configuration.Json.Span);
                if (json.Contains("throw", StringComparison.Ordinal))
                {
                    throw new InvalidOperationException("broken");
                }

                if (json.Contains("refuse", StringComparison.Ordinal))
                {
                    return new(new ConfigurationResult(current, "no catch-all"));
                }

                _applied.Add((configuration.Version, json));
                return new(new ConfigurationResult(current = configuration.Version, null));
            },
        };
    }

    private static async Task<ConfigurationResult> PushAsync(TunnelPair pair, int version, string json)
    {
        var pushing = pair.Edge.PushConfigurationAsync(version, Encoding.UTF8.GetBytes(json)).AsTask();
        using var stop = new CancellationTokenSource();
        var accepting = pair.Connector.AcceptAsync(stop.Token).AsTask();
        var result = await pushing.Within();
        await stop.CancelAsync();
        await Record.ExceptionAsync(() => accepting.Within());
        return result;
    }
}
