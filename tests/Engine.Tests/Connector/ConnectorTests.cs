using Engine.Fields;
using Engine.Ingress;
using Engine.Tests.Transports;
using Engine.Tunnels;
using Microsoft.AspNetCore.Connections;

namespace Engine.Tests.Connectors;

public sealed class ConnectorTests
{
    private static readonly TimeSpan Deadline = ConnectorFixture.Deadline;

    [Fact]
    public async Task Connection_0_registers_first_and_the_others_follow_at_once()
    {
        await using var test = new ConnectorFixture(4, ConnectorFixture.Address(1), ConnectorFixture.Address(2));
        var answer = new TaskCompletionSource();
        test.Edge.Answer = async _ =>
        {
            await answer.Task;
            return MemoryEdge.Accept();
        };
        test.Start();
        await Testing.Eventually.IsTrueAsync(() => test.Connector.Connections[0].State == ConnectorConnectionState.Registering, "registering");
        Assert.Single(test.Edge.Dials);
        Assert.Equal(ConnectorConnectionState.Idle, test.Connector.Connections[3].State);

        answer.SetResult();
        await test.WaitForReadyAsync(4);
        Assert.Equal(4, test.Edge.Dials.Count);
        await Testing.Eventually.IsTrueAsync(() => test.Edge.Connections.Length == 4, "four connections at the edge");
        var indexes = Array.ConvertAll(test.Edge.Connections, connection => connection.Registration.ConnectionIndex);
        Array.Sort(indexes);
        Assert.Equal([0, 1, 2, 3], indexes);
        foreach (var connection in test.Edge.Connections)
        {
            Assert.Equal(test.Connector.ConnectorId, connection.Registration.ConnectorId);
        }
    }

    [Fact]
    public async Task The_registration_is_told_in_the_words_that_scripts_look_for()
    {
        await using var test = new ConnectorFixture();
        await test.StartReadyAsync();
        var status = test.Connector.Connections[0];
        await test.WaitForLogAsync(
            $"Information 4000 Registered tunnel connection connIndex=0 connection={status.ConnectionId} event=0 ip=192.0.2.1 location=TEST protocol=http2");
        Assert.Equal("TEST", status.Location);
        Assert.Equal(ConnectorFixture.Address(1), status.Edge);
    }

    [Fact]
    public async Task A_stream_reaches_the_handler_of_its_origins_scheme()
    {
        await using var test = new ConnectorFixture(2);
        test.Builder.HandleOrigin("HTTP_STATUS", stream =>
        {
            var rule = stream.Features.Get<IOriginFeature>()!;
            var tunnel = stream.Features.Get<ITunnelStreamFeature>()!;
            return ConnectorFixture.Answer(stream, $"rule {rule.Rule.Number} {rule.Origin.Service} on {tunnel.ConnectionIndex}");
        });
        await test.StartReadyAsync();
        Assert.Equal((200, "rule 1 http_status:204 on 0"), await test.GetAsync());
        Assert.Equal((200, "rule 1 http_status:204 on 1"), await test.GetAsync(connection: 1));
    }

    [Fact]
    public async Task Middleware_wraps_the_handler_in_the_order_in_which_it_was_added()
    {
        await using var test = new ConnectorFixture();
        var order = new List<string>();
        test.Builder
            .Use(next => async stream =>
            {
                order.Add($"first {stream.Features.Get<IOriginFeature>()!.Rule.Number}");
                await next(stream);
                order.Add("first ends");
            })
            .Use(next => stream =>
            {
                order.Add("second");
                return next(stream);
            })
            .HandleOrigin("http_status", stream =>
            {
                order.Add("handler");
                return ConnectorFixture.Answer(stream, "ok");
            });
        await test.StartReadyAsync();
        Assert.Equal((200, "ok"), await test.GetAsync());
        await Testing.Eventually.IsTrueAsync(() => test.Connector.ActiveStreams == 0, "no stream");
        Assert.Equal(["first 1", "second", "handler", "first ends"], order);
    }

    [Theory]
    [InlineData("redis", "redis")]
    [InlineData("tcp", "tcp")]
    [InlineData("redis tcp", "redis")]
    public async Task A_scheme_of_ones_own_goes_to_its_handler_and_without_one_to_that_of_tcp(string handlers, string expected)
    {
        await using var test = new ConnectorFixture();
        test.Builder.UseIngress(ConnectorFixture.Rules("redis://127.0.0.1:6379"));
        foreach (var scheme in handlers.Split(' '))
        {
            test.Builder.HandleOrigin(scheme, stream => ConnectorFixture.Answer(stream, scheme));
        }

        await test.StartReadyAsync();
        Assert.Equal((200, expected), await test.GetAsync());
    }

    [Fact]
    public async Task A_handler_that_throws_fails_its_stream_and_nothing_else()
    {
        await using var test = new ConnectorFixture();
        test.Builder.HandleOrigin("http_status", stream =>
            stream.Features.Get<ITunnelStreamFeature>()!.Target.SequenceEqual("/bad"u8)
                ? throw new InvalidOperationException("the handler broke")
                : ConnectorFixture.Answer(stream, "fine"));
        await test.StartReadyAsync();
        var connection = await test.Edge.ConnectionAsync();
        await using (var stream = await test.RequestAsync("/bad"))
        {
            var response = await stream.ReadResponseAsync(default).AsTask().WaitAsync(Deadline);
            Assert.Equal((502, "connector-error", ResponseSource.Connector), (response.Status, response.ErrorCode, response.Source));
        }

        Assert.Equal((200, "fine"), await test.GetAsync("/good"));
        Assert.False(connection.Completion.IsCompleted);
        await test.WaitForLogAsync("Error 4021");
    }

    [Fact]
    public async Task A_handler_that_answers_nothing_is_a_502()
    {
        await using var test = new ConnectorFixture();
        test.Builder.HandleOrigin("http_status", _ => Task.CompletedTask);
        await test.StartReadyAsync();
        Assert.Equal(502, (await test.GetAsync()).Status);
    }

    [Fact]
    public async Task A_scheme_that_nobody_carries_is_a_502_that_names_the_rule_in_the_log()
    {
        await using var test = new ConnectorFixture();
        test.Builder.UseIngress(ConnectorFixture.Rules("ssh://127.0.0.1:22"));
        await test.StartReadyAsync();
        await using var stream = await test.RequestAsync();
        var response = await stream.ReadResponseAsync(default).AsTask().WaitAsync(Deadline);
        Assert.Equal((502, "scheme-unsupported"), (response.Status, response.ErrorCode));
        await test.WaitForLogAsync("Rule 1 goes to ssh://127.0.0.1:22, and nothing here carries 'ssh'.");
    }

    [Fact]
    public async Task A_raw_tcp_stream_never_reaches_a_handler_of_requests()
    {
        await using var test = new ConnectorFixture();
        var handled = false;
        test.Builder.HandleOrigin("http_status", stream =>
        {
            handled = true;
            return ConnectorFixture.Answer(stream, "no");
        });
        await test.StartReadyAsync();
        var head = new FieldList();
        head.Add(":method"u8, "GET");
        head.Add(":scheme"u8, "http");
        head.Add(":authority"u8, "10.0.0.1:22");
        head.Add(":path"u8, "/");
        head.Add("cf-cloudflared-proxy-src"u8, "10.0.0.1:22");
        var edge = await test.Edge.ConnectionAsync();
        await using var stream = await edge.OpenAsync(TunnelStreamKind.Tcp, head, endStream: false).AsTask().WaitAsync(Deadline);
        var response = await stream.ReadResponseAsync(default).AsTask().WaitAsync(Deadline);
        Assert.Equal((502, "stream-kind-unsupported"), (response.Status, response.ErrorCode));
        Assert.False(handled);
    }

    [Fact]
    public async Task A_watcher_that_throws_stops_nothing()
    {
        await using var test = new ConnectorFixture(2);
        test.Options.OnStatusChanged = _ => throw new InvalidOperationException("watcher");
        await test.StartReadyAsync();
        await test.WaitForLogAsync("Error 4013");
    }

    [Fact]
    public async Task A_request_whose_host_is_no_name_is_a_400()
    {
        await using var test = new ConnectorFixture();
        test.Builder.HandleOrigin("http_status", stream => ConnectorFixture.Answer(stream, "no"));
        await test.StartReadyAsync();
        Assert.Equal(400, (await test.GetAsync(authority: "a..b")).Status);
    }

    [Fact]
    public async Task A_reload_is_for_new_streams_and_running_ones_keep_their_rule()
    {
        await using var test = new ConnectorFixture();
        var go = new TaskCompletionSource();
        test.Builder.HandleOrigin("http_status", async stream =>
        {
            var rule = stream.Features.Get<IOriginFeature>()!;
            if (stream.Features.Get<ITunnelStreamFeature>()!.Target.SequenceEqual("/slow"u8))
            {
                await go.Task;
            }

            await ConnectorFixture.Answer(stream, stream.Features.Get<IOriginFeature>()!.Origin.Service + rule.Origin.Service);
        });
        await test.StartReadyAsync();
        var slow = test.GetAsync("/slow");
        await Testing.Eventually.IsTrueAsync(() => test.Connector.ActiveStreams == 1, "the slow stream");
        test.Connector.Reload(ConnectorFixture.Rules("http_status:418"));
        Assert.Equal((200, "http_status:418http_status:418"), await test.GetAsync());
        go.SetResult();
        Assert.Equal((200, "http_status:204http_status:204"), await slow.WaitAsync(Deadline));
    }

    [Fact]
    public async Task Connection_0_tells_the_local_configuration_and_again_after_a_reload()
    {
        await using var test = new ConnectorFixture(2);
        var version = 1;
        test.Options.LocalConfiguration = () => System.Text.Encoding.UTF8.GetBytes($$"""{"v":{{version}}}""");
        await test.StartReadyAsync();
        var first = await test.Edge.ConnectionAsync();
        await Testing.Eventually.IsTrueAsync(() => first.LocalConfiguration.Span.SequenceEqual("""{"v":1}"""u8), "the configuration");
        version = 2;
        test.Connector.Reload(ConnectorFixture.Rules("http_status:418"));
        await Testing.Eventually.IsTrueAsync(() => first.LocalConfiguration.Span.SequenceEqual("""{"v":2}"""u8), "the new configuration");
        Assert.True((await test.Edge.ConnectionAsync(1)).LocalConfiguration.IsEmpty);
    }

    [Fact]
    public async Task A_remotely_managed_tunnel_takes_the_edges_configuration_and_does_not_tell_its_own()
    {
        await using var test = new ConnectorFixture();
        var asked = 0;
        test.Options.LocalConfiguration = () =>
        {
            asked++;
            return "{}"u8.ToArray();
        };
        test.Options.OnConfiguration = (configuration, _) =>
        {
            test.Connector.Reload(ConnectorFixture.Rules($"http_status:{configuration.Version}"));
            return ValueTask.FromResult(new ConfigurationResult(configuration.Version, null));
        };
        test.Edge.Answer = _ => new(MemoryEdge.Accept(remote: true));
        test.Builder.HandleOrigin("http_status", stream => ConnectorFixture.Answer(stream, stream.Features.Get<IOriginFeature>()!.Origin.Service));
        await test.StartReadyAsync();
        var edge = await test.Edge.ConnectionAsync();
        var result = await edge.PushConfigurationAsync(404, "{}"u8.ToArray()).AsTask().WaitAsync(Deadline);
        Assert.Equal(404, result.LastAppliedVersion);
        Assert.Equal((200, "http_status:404"), await test.GetAsync());
        Assert.Equal(0, asked);
    }

    [Fact]
    public async Task What_the_builder_owns_is_disposed_after_the_streams()
    {
        var test = new ConnectorFixture();
        var owned = new Owned(test);
        test.Builder.Own(owned).HandleOrigin("http_status", async stream =>
        {
            try
            {
                await stream.Transport.Output.FlushAsync();
                await Task.Delay(Timeout.Infinite, stream.ConnectionClosed);
            }
            finally
            {
                owned.StreamEnded = true;
            }
        });
        await test.StartReadyAsync();
        var request = test.RequestAsync();
        await Testing.Eventually.IsTrueAsync(() => test.Connector.ActiveStreams == 1, "the stream");
        await test.DisposeAsync();
        Assert.True(owned.EndedBefore);
        await Testing.Deadline.Within(request);
    }

    [Fact]
    public void A_builder_names_all_that_is_missing()
    {
        var failure = Assert.Throws<InvalidOperationException>(() => new ConnectorBuilder()
            .Configure(new ConnectorOptions { Connections = 0, GracePeriod = TimeSpan.FromMinutes(4) }).Build());
        foreach (var part in new[] { "no credentials", "no edge address", "no ingress", "from 1 to 255, not 0", "grace-period must be equal or less than 3m0s" })
        {
            Assert.Contains(part, failure.Message);
        }
    }

    [Fact]
    public async Task A_connector_runs_once()
    {
        await using var test = new ConnectorFixture();
        await test.StartReadyAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => test.Connector.RunAsync(default));
    }

    private sealed class Owned(ConnectorFixture test) : IAsyncDisposable
    {
        public bool StreamEnded { get; set; }

        public bool EndedBefore { get; private set; }

        public ValueTask DisposeAsync()
        {
            EndedBefore = StreamEnded && test.Connector.ActiveStreams == 0;
            return ValueTask.CompletedTask;
        }
    }
}
