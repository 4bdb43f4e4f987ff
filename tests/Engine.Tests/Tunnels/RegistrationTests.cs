using Engine.Testing;
using Engine.Transports;
using Engine.Tunnels;
using Engine.Tunnels.Registration;
using Engine.Tunnels.Registration.Rpc;

namespace Engine.Tests.Tunnels;

public class RegistrationTests
{
    [Fact]
    public async Task The_edge_has_the_connection_before_its_connector_is_ready()
    {
        for (var round = 0; round < 50; round++)
        {
            var (near, far) = MemoryConnection.CreatePair();
            var accepting = EdgeTunnelConnection.AcceptAsync(far, new FakeAuthenticator()).AsTask();
            await using var connector = await TunnelConnection.RegisterAsync(near, TunnelPair.Registration()).Within();
            Assert.True(accepting.IsCompleted);
            await (await accepting)!.DisposeAsync();
        }
    }

    [Fact]
    public async Task Both_sides_know_each_other_after_the_registration()
    {
        var authenticator = new FakeAuthenticator();
        await using var pair = await TunnelPair.CreateAsync(authenticator: authenticator);
        Assert.Equal(("memory01", false), (pair.Connector.Details.Location, pair.Connector.Details.IsRemotelyManaged));
        Assert.Equal(TunnelFeatures.Extensions, pair.Connector.EdgeFeatures);
        var registration = pair.Edge.Registration;
        Assert.Equal(("account", 2, "1.2.3"), (registration.AccountTag, registration.ConnectionIndex, registration.Version));
        Assert.Equal(Guid.Parse("11111111-2222-3333-4444-555555555555"), registration.TunnelId);
        Assert.Equal(Guid.Parse("168ff840-1bd8-44af-b3ea-a77429327c51"), registration.ConnectorId);
        // Without a delegate for configurations the feature is not announced.
        Assert.Equal(["serialized_headers", "engine/error-codes", "engine/informational", "engine/upgrades"], registration.Features);
        Assert.False(registration.SecretEquals(FakeAuthenticator.Secret), "The secret is wiped once it was compared.");
        Assert.False(pair.Edge.IsDraining);
        Assert.Equal(0, pair.Edge.ActiveStreams);
    }

    [Theory]
    [InlineData("EDUPCONN", false, 0, RetryAdvice.OtherAddress)]
    [InlineData("Unauthorized: no such tunnel", false, 0, RetryAdvice.Backoff)]
    [InlineData("try later", true, 3, RetryAdvice.Backoff)]
    [InlineData("this tunnel was deleted", false, 0, RetryAdvice.Never)]
    public async Task A_refusal_says_whether_to_try_again(string cause, bool shouldRetry, int seconds, RetryAdvice expected)
    {
        var (near, far) = MemoryConnection.CreatePair();
        var authenticator = new FakeAuthenticator { Verdict = _ => TunnelAuthentication.Refuse(cause, shouldRetry, TimeSpan.FromSeconds(seconds)) };
        var log = new LogLines();
        var accepting = EdgeTunnelConnection.AcceptAsync(far, authenticator, new EdgeTunnelOptions { LoggerFactory = log }).AsTask();
        var error = await Assert.ThrowsAsync<RegistrationRefusedException>(() => TunnelConnection.RegisterAsync(near, TunnelPair.Registration()).Within());
        Assert.Equal((cause, expected, TimeSpan.FromSeconds(seconds)), (error.Cause, error.Retry, error.RetryAfter));
        Assert.Null(await accepting.Within());
        Assert.Contains(cause, Assert.Single(log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_secret_is_refused_and_shown_nowhere()
    {
        var (near, far) = MemoryConnection.CreatePair();
        var secret = "TOPSECRETTOPSECRETTOPSECRETTOPSE"u8.ToArray();
        var log = new LogLines();
        var accepting = EdgeTunnelConnection.AcceptAsync(far, new FakeAuthenticator(), new EdgeTunnelOptions { LoggerFactory = log }).AsTask();
        var error = await Assert.ThrowsAsync<RegistrationRefusedException>(
            () => TunnelConnection.RegisterAsync(near, TunnelPair.Registration(secret), new TunnelConnectionOptions { LoggerFactory = log }).Within());
        Assert.Null(await accepting.Within());
        Assert.DoesNotContain("TOPSECRET", error + string.Join('\n', log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_authenticator_that_fails_makes_the_connector_try_again()
    {
        var (near, far) = MemoryConnection.CreatePair();
        var authenticator = new FakeAuthenticator { Verdict = _ => throw new InvalidOperationException("database") };
        var accepting = EdgeTunnelConnection.AcceptAsync(far, authenticator).AsTask();
        var error = await Assert.ThrowsAsync<RegistrationRefusedException>(() => TunnelConnection.RegisterAsync(near, TunnelPair.Registration()).Within());
        Assert.Equal(RetryAdvice.Backoff, error.Retry);
        Assert.DoesNotContain("database", error.Message, StringComparison.Ordinal);
        Assert.Null(await accepting.Within());
    }

    [Fact]
    public async Task An_edge_that_never_opens_the_control_stream_is_given_up()
    {
        var (near, _) = MemoryConnection.CreatePair();
        var time = new WatchedTime();
        var registering = TunnelConnection.RegisterAsync(near, TunnelPair.Registration(), new TunnelConnectionOptions { TimeProvider = time }).AsTask();
        var error = await AdvanceUntilFailedAsync(registering, time);
        Assert.Equal(RetryAdvice.Backoff, Assert.IsType<RegistrationRefusedException>(error).Retry);
    }

    [Fact]
    public async Task An_edge_that_speaks_HTTP2_and_opens_no_control_stream_is_given_up()
    {
        var (near, far) = MemoryConnection.CreatePair();
        var edge = new ScriptedEdge(far);
        await edge.OpenAsync(TunnelPair.Head());
        var time = new WatchedTime();
        var registering = TunnelConnection.RegisterAsync(near, TunnelPair.Registration(), new TunnelConnectionOptions { TimeProvider = time }).AsTask();
        var error = await AdvanceUntilFailedAsync(registering, time);
        Assert.Contains("no control stream within 15 s", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, RetryAdvice.Never)] // unimplemented: it will not learn the call
    [InlineData(1, RetryAdvice.Backoff)] // overloaded
    public async Task An_exception_as_answer_says_whether_to_try_again(int kind, RetryAdvice expected)
    {
        var (near, far) = MemoryConnection.CreatePair();
        var edge = new ScriptedEdge(far);
        var registering = TunnelConnection.RegisterAsync(near, TunnelPair.Registration()).AsTask();
        await edge.OpenControlStreamAsync();
        await edge.ReceiveCallAsync();
        await edge.SendAsync(RpcEncoder.ReturnException(1, new RpcError((RpcErrorKind)kind, "no")));
        var error = await Assert.ThrowsAsync<RegistrationRefusedException>(() => registering.Within());
        Assert.Equal(expected, error.Retry);
    }

    [Fact]
    public async Task An_answer_that_cannot_be_read_is_a_refusal_that_may_be_tried_again()
    {
        var (near, far) = MemoryConnection.CreatePair();
        var edge = new ScriptedEdge(far);
        var registering = TunnelConnection.RegisterAsync(near, TunnelPair.Registration()).AsTask();
        await edge.OpenControlStreamAsync();
        await edge.ReceiveCallAsync();
        await edge.SendAsync(RpcEncoder.Return(1, new UpdateLocalConfigurationParameters("no response"u8.ToArray())));
        var error = await Assert.ThrowsAsync<RegistrationRefusedException>(() => registering.Within());
        Assert.Equal(RetryAdvice.Backoff, error.Retry);
    }

    [Fact]
    public async Task A_peer_that_answers_the_control_stream_with_an_error_is_no_connector()
    {
        var (near, far) = MemoryConnection.CreatePair();
        var log = new LogLines();
        var accepting = EdgeTunnelConnection.AcceptAsync(far, new FakeAuthenticator(), new EdgeTunnelOptions { LoggerFactory = log }).AsTask();
        var server = new Engine.Http2.Http2Connection(near, Engine.Http2.Http2Role.Server, Engine.Http2.Http2ConnectionOptions.Tunnel());
        _ = server.RunAsync();
        var stream = (Engine.Http2.Http2Stream)(await server.AcceptAsync().Within())!;
        stream.WriteHead(TunnelPair.Fields((":status", "404")), endStream: true);
        Assert.Null(await accepting.Within());
        Assert.Contains("404", Assert.Single(log.Lines), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("GET / HTTP/1.1\r\nHost: x\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003")]
    [InlineData("\u0000\u0000\u0000\u0004\u0000\u0000\u0000\u0000")] // half of an empty SETTINGS frame
    [InlineData("\u0000\u0000\u0000\u0004\u0000\u0000\u0000\u0000\u0000")] // SETTINGS, and then silence
    public async Task A_peer_that_is_no_connector_is_closed_in_time_with_one_line(string octets)
    {
        foreach (var closes in new[] { false, true })
        {
            var (near, far) = MemoryConnection.CreatePair();
            var time = new WatchedTime();
            var log = new LogLines();
            var accepting = EdgeTunnelConnection.AcceptAsync(far, new FakeAuthenticator(), new EdgeTunnelOptions { TimeProvider = time, LoggerFactory = log }).AsTask();
            await near.Transport.SendAsync(octets);
            if (closes)
            {
                await near.Transport.EndAsync();
            }

            Assert.InRange(await time.AdvanceUntilEndedAsync(accepting), TimeSpan.Zero, TimeSpan.FromSeconds(14));
            Assert.Null(await accepting);
            Assert.Single(log.Lines);
            await near.DisposeAsync();
        }
    }

    [Fact]
    public async Task Cancelling_the_wait_for_a_registration_closes_the_connection()
    {
        var (_, far) = MemoryConnection.CreatePair();
        using var cancel = new CancellationTokenSource();
        var accepting = EdgeTunnelConnection.AcceptAsync(far, new FakeAuthenticator(), cancellationToken: cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => accepting.Within());
    }

    [Fact]
    public async Task Requests_that_come_before_the_registration_is_answered_are_served()
    {
        var (near, far) = MemoryConnection.CreatePair();
        var edge = new ScriptedEdge(far);
        var connector = TunnelConnection.Start(near, TunnelPair.Registration());
        var accepting = connector.AcceptAsync().AsTask();
        await edge.OpenControlStreamAsync();
        var request = await edge.OpenAsync(TunnelPair.Head());
        var stream = await accepting.Within();
        stream!.Features.Get<ITunnelStreamFeature>()!.WriteResponse(200, TunnelPair.Fields(), endStream: true);
        Assert.Equal("200", (await request.ReadHeadAsync().Within()).GetString(":status"u8));
        Assert.False(connector.Registered.IsCompleted);

        // And the registration goes on while the connector accepts.
        accepting = connector.AcceptAsync().AsTask();
        await edge.AnswerRegistrationAsync();
        Assert.Equal("script", (await connector.Registered.Within()).Location);
        await connector.DisposeAsync().Within();
        Assert.Null(await accepting.Within());
    }

    [Fact]
    public async Task Requests_that_came_while_only_the_registration_was_waited_for_are_kept()
    {
        var (near, far) = MemoryConnection.CreatePair();
        var edge = new ScriptedEdge(far);
        var registering = TunnelConnection.RegisterAsync(near, TunnelPair.Registration()).AsTask();
        await edge.OpenControlStreamAsync();
        await edge.OpenAsync(TunnelPair.Head());
        await edge.OpenAsync(TunnelPair.Head());
        await edge.AnswerRegistrationAsync();
        await using var connector = await registering.Within();
        Assert.NotNull(await connector.AcceptAsync().Within());
        Assert.NotNull(await connector.AcceptAsync().Within());
    }

    [Fact]
    public async Task A_second_control_stream_is_refused_and_harms_nothing()
    {
        await using var pair = await TunnelPair.CreateAsync();
        var (near, far) = MemoryConnection.CreatePair();
        var edge = new ScriptedEdge(far);
        var registering = TunnelConnection.RegisterAsync(near, TunnelPair.Registration()).AsTask();
        await edge.OpenControlStreamAsync();
        await edge.AnswerRegistrationAsync();
        await using var connector = await registering.Within();
        var accepting = connector.AcceptAsync().AsTask();
        var second = await edge.OpenAsync(TunnelPair.Head(("cf-cloudflared-proxy-connection-upgrade", "control-stream")));
        await Assert.ThrowsAsync<Engine.Http2.Http2StreamResetException>(() => second.ReadHeadAsync().Within());
        await edge.OpenAsync(TunnelPair.Head());
        Assert.NotNull(await accepting.Within());
    }

    [Fact]
    public async Task An_edge_that_does_not_answer_the_registration_is_given_up_after_five_seconds()
    {
        var (near, far) = MemoryConnection.CreatePair();
        var edge = new ScriptedEdge(far);
        var time = new WatchedTime();
        var registering = TunnelConnection.RegisterAsync(near, TunnelPair.Registration(), new TunnelConnectionOptions { TimeProvider = time }).AsTask();
        await edge.OpenControlStreamAsync();
        await edge.ReceiveCallAsync();
        time.Advance(TimeSpan.FromSeconds(5));
        var error = await Assert.ThrowsAsync<RegistrationRefusedException>(() => registering.Within());
        Assert.Contains("5 s", error.Message, StringComparison.Ordinal);
        Assert.Equal(RetryAdvice.Backoff, error.Retry);
    }

    private static async Task<Exception> AdvanceUntilFailedAsync(Task task, WatchedTime time)
    {
        Assert.InRange(await time.AdvanceUntilEndedAsync(task), TimeSpan.Zero, TimeSpan.FromSeconds(20));
        return (await Record.ExceptionAsync(() => task))!;
    }
}
