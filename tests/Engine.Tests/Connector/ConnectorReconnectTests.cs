using Engine.Fields;
using Engine.Tests.Transports;
using Engine.Tunnels;
using Microsoft.AspNetCore.Connections;

namespace Engine.Tests.Connectors;

public sealed class ConnectorReconnectTests
{
    private static readonly TimeSpan Deadline = ConnectorFixture.Deadline;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(50);

    [Fact]
    public async Task A_lost_connection_comes_back_and_the_others_do_not_notice()
    {
        await using var test = new ConnectorFixture(2);
        test.Builder.HandleOrigin("http_status", stream => ConnectorFixture.Answer(stream, "ok"));
        await test.StartReadyAsync();
        var lost = await test.Edge.ConnectionAsync(0);
        var other = await test.Edge.ConnectionAsync(1);
        lost.Abort("the edge restarts");
        await test.WaitForReadyAsync(1);
        await test.PassWaitsUntilAsync(() => test.Connector.ReadyConnections == 2, "both ready again", Step);
        Assert.NotSame(lost, await test.Edge.ConnectionAsync(0));
        Assert.Same(other, await test.Edge.ConnectionAsync(1));
        Assert.Equal((200, "ok"), await test.GetAsync());
        await test.WaitForLogAsync("Warning 4004 Lost connection with the edge connIndex=0 event=0 ip=192.0.2.1");
        await test.WaitForLogAsync("Information 4002 Retrying connection in up to 500ms connIndex=0 event=0 ip=192.0.2.1");
    }

    [Fact]
    public async Task The_wait_before_an_attempt_is_not_shortened()
    {
        await using var test = new ConnectorFixture();
        test.Edge.Down[ConnectorFixture.Address(1)] = true;
        test.Start();
        await WaitForWaitingAsync(test); // The state is told once its timer runs.
        Assert.Single(test.Edge.Dials);
        test.Time.Advance(TimeSpan.FromMilliseconds(299));
        Assert.Single(test.Edge.Dials);
        test.Time.Advance(TimeSpan.FromMilliseconds(1));
        await Testing.Eventually.IsTrueAsync(() => test.Edge.Dials.Count == 2, "the second dial");
    }

    [Fact]
    public async Task An_edge_that_stays_away_is_asked_for_ever_and_ever_less()
    {
        await using var test = new ConnectorFixture();
        test.Edge.Down[ConnectorFixture.Address(1)] = true;
        test.Start();
        await test.PassWaitsUntilAsync(
            () => Array.Exists(test.Log.Lines, line => line.Contains("Retrying connection in up to 30s", StringComparison.Ordinal)),
            "the longest wait",
            TimeSpan.FromSeconds(1));
        test.Edge.Down.Clear();
        await test.PassWaitsUntilAsync(() => test.Connector.ReadyConnections == 1, "the connection", TimeSpan.FromSeconds(5));
        Assert.Equal(0, test.Connector.Connections[0].FailedAttempts);
        Assert.Null(test.Connector.Connections[0].LastError);

        // Told once, then only to who debugs, until waits are long.
        var told = Array.FindAll(test.Log.Lines, line => line.Contains("Information 4002", StringComparison.Ordinal));
        Assert.InRange(told.Length, 6, 12);
    }

    [Fact]
    public async Task A_dial_that_fails_goes_to_another_address_and_a_loss_does_not()
    {
        await using var test = new ConnectorFixture(1, ConnectorFixture.Address(1), ConnectorFixture.Address(2));
        test.Edge.Down[ConnectorFixture.Address(1)] = true;
        test.Start();
        await test.PassWaitsUntilAsync(() => test.Connector.ReadyConnections == 1, "the connection", Step);
        Assert.Equal([ConnectorFixture.Address(1), ConnectorFixture.Address(2)], test.Edge.Dials);
        test.Edge.Down.Clear();
        (await test.Edge.ConnectionAsync()).Abort("lost");
        await test.WaitForReadyAsync(0);
        await test.PassWaitsUntilAsync(() => test.Connector.ReadyConnections == 1, "the connection", Step);
        Assert.Equal(ConnectorFixture.Address(2), Assert.Single(test.Edge.Dials.Skip(2)));
    }

    [Fact]
    public async Task A_duplicate_connection_goes_to_another_address()
    {
        await using var test = new ConnectorFixture(1, ConnectorFixture.Address(1), ConnectorFixture.Address(2));
        test.Edge.Answer = _ => new(test.Edge.Dials.Count == 1 ? TunnelAuthentication.Refuse(TunnelAuthentication.DuplicateConnection) : MemoryEdge.Accept());
        test.Start();
        await test.PassWaitsUntilAsync(() => test.Connector.ReadyConnections == 1, "the connection", Step);
        Assert.Equal([ConnectorFixture.Address(1), ConnectorFixture.Address(2)], test.Edge.Dials);
    }

    [Fact]
    public async Task Equal_addresses_carry_a_connection_each()
    {
        await using var test = new ConnectorFixture(4, ConnectorFixture.Address(1), ConnectorFixture.Address(1));
        await test.StartReadyAsync();
        Assert.Equal(4, test.Edge.Dials.Count);
    }

    [Fact]
    public async Task A_permanent_refusal_ends_the_run_with_the_edges_words_and_is_not_tried_again()
    {
        await using var test = new ConnectorFixture(4);
        test.Edge.Answer = _ => new(TunnelAuthentication.Refuse("this tunnel was deleted"));
        test.Start();
        var failure = await Assert.ThrowsAsync<RegistrationRefusedException>(() => test.Run.WaitAsync(Deadline));
        Assert.Equal("this tunnel was deleted", failure.Cause);
        Assert.Single(test.Edge.Dials);
        Assert.Equal(ConnectorConnectionState.Refused, test.Connector.Connections[0].State);
        Assert.Contains("this tunnel was deleted", test.Connector.Connections[0].LastError);
        await test.WaitForLogAsync("Error 4007");
    }

    [Fact]
    public async Task A_permanent_refusal_of_one_connection_leaves_the_others_running()
    {
        await using var test = new ConnectorFixture(3);
        test.Edge.Answer = request => new(request.ConnectionIndex == 1 ? TunnelAuthentication.Refuse("two are enough") : MemoryEdge.Accept());
        test.Start();
        await test.WaitForReadyAsync(2);
        await Testing.Eventually.IsTrueAsync(() => test.Connector.Connections[1].State == ConnectorConnectionState.Refused, "the refusal");
        test.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(test.Run.IsCompleted);
        Assert.Equal(3, test.Edge.Dials.Count);
        test.Stop();
        await test.Run.WaitAsync(Deadline);
    }

    [Fact]
    public async Task An_unauthorized_connector_tries_again_more_and_more_slowly()
    {
        await using var test = new ConnectorFixture();
        test.Edge.Answer = _ => new(test.Edge.Dials.Count < 4 ? TunnelAuthentication.Refuse(TunnelAuthentication.Unauthorized, shouldRetry: true) : MemoryEdge.Accept());
        test.Start();
        await test.PassWaitsUntilAsync(() => test.Connector.ReadyConnections == 1, "the connection", Step);
        foreach (var bound in new[] { "1s", "2s", "4s" })
        {
            await test.WaitForLogAsync($"Retrying connection in up to {bound} connIndex=0");
        }
    }

    [Fact]
    public async Task An_edge_that_vanishes_during_a_stream_fails_the_stream_and_the_connection_comes_back()
    {
        await using var test = new ConnectorFixture();
        var failed = new TaskCompletionSource<Exception>(TaskCreationOptions.RunContinuationsAsynchronously);
        test.Builder.HandleOrigin("http_status", async stream =>
        {
            if (!stream.Features.Get<ITunnelStreamFeature>()!.Target.SequenceEqual("/long"u8))
            {
                await ConnectorFixture.Answer(stream, "back");
                return;
            }

            try
            {
                stream.Features.Get<ITunnelStreamFeature>()!.WriteResponse(200, new FieldList());
                while (true)
                {
                    await stream.Transport.Output.WriteAsync(new byte[10_000]);
                }
            }
            catch (Exception exception)
            {
                failed.SetResult(exception);
                throw;
            }
        });
        await test.StartReadyAsync();
        await using var stream = await test.RequestAsync("/long");
        Assert.Equal(200, (await stream.ReadResponseAsync(default).AsTask().WaitAsync(Deadline)).Status);
        Assert.True(test.Edge.Transports.TryPeek(out var transport));
        transport.Abort();
        Assert.IsAssignableFrom<IOException>(await failed.Task.WaitAsync(Deadline));
        await test.PassWaitsUntilAsync(() => test.Connector.ReadyConnections == 1, "the connection", Step);
        Assert.Equal((200, "back"), await test.GetAsync());
        Assert.DoesNotContain(test.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_edge_that_never_answers_the_registration_is_given_up_and_tried_again()
    {
        await using var test = new ConnectorFixture();
        var calls = 0;
        test.Edge.Answer = async _ =>
        {
            if (Interlocked.Increment(ref calls) == 1)
            {
                await Task.Delay(Timeout.Infinite);
            }

            return MemoryEdge.Accept();
        };
        test.Start();
        await Testing.Eventually.IsTrueAsync(() => test.Connector.Connections[0].State == ConnectorConnectionState.Registering, "registering");
        await test.PassTimeUntilAsync(() => test.Connector.Connections[0].State == ConnectorConnectionState.Waiting, "the wait", TimeSpan.FromSeconds(1));
        await test.PassWaitsUntilAsync(() => test.Connector.ReadyConnections == 1, "the connection", Step);
        Assert.Equal(2, test.Edge.Dials.Count);
    }

    [Fact]
    public async Task A_half_open_link_is_noticed_and_replaced()
    {
        await using var test = new ConnectorFixture();
        using var cut = new CancellationTokenSource();
        test.Edge.Cut = cut.Token;
        test.Builder.HandleOrigin("http_status", stream => ConnectorFixture.Answer(stream, "over the new link"));
        await test.StartReadyAsync();
        var first = await test.Edge.ConnectionAsync();
        await cut.CancelAsync();
        test.Edge.Cut = null;
        await test.PassTimeUntilAsync(() => test.Connector.Connections[0].State == ConnectorConnectionState.Waiting, "the wait", TimeSpan.FromSeconds(1));
        await test.PassWaitsUntilAsync(() => test.Connector.ReadyConnections == 1, "the connection", Step);
        await test.WaitForLogAsync("Warning 4004 Lost connection with the edge connIndex=0");
        await first.DisposeAsync();
        Assert.Equal((200, "over the new link"), await test.GetAsync());
    }

    private static Task WaitForWaitingAsync(ConnectorFixture test) => Testing.Eventually.IsTrueAsync(
        () => test.Connector.Connections[0].State == ConnectorConnectionState.Waiting, "the wait");
}
