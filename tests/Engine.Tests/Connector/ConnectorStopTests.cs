using Engine.Fields;
using Engine.Tests.Transports;
using Engine.Tunnels;

namespace Engine.Tests.Connectors;

public sealed class ConnectorStopTests
{
    private static readonly TimeSpan Deadline = ConnectorFixture.Deadline;

    [Fact]
    public async Task A_stop_unregisters_every_connection_and_ends_when_the_edge_has_closed_them()
    {
        await using var test = new ConnectorFixture(3);
        await test.StartReadyAsync();
        test.Stop();
        await test.Run.WaitAsync(Deadline);
        for (var i = 0; i < 3; i++)
        {
            await test.WaitForLogAsync($"Information 4001 Unregistered tunnel connection connIndex={i} event=0 ip=192.0.2.1");
            Assert.Equal(ConnectorConnectionState.Stopped, test.Connector.Connections[i].State);
        }

        Assert.DoesNotContain(test.Log.Lines, line => line.Contains("Retrying", StringComparison.Ordinal));
        Assert.DoesNotContain(test.Log.Lines, line => line.StartsWith("Error", StringComparison.Ordinal) || line.StartsWith("Warning", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_running_stream_is_served_to_its_end_after_a_stop()
    {
        await using var test = new ConnectorFixture();
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        test.Builder.HandleOrigin("http_status", async stream =>
        {
            await go.Task;
            await ConnectorFixture.Answer(stream, "complete");
        });
        await test.StartReadyAsync();
        var edge = await test.Edge.ConnectionAsync();
        var request = test.GetAsync();
        await Testing.Eventually.IsTrueAsync(() => test.Connector.ActiveStreams == 1, "the stream");
        test.Stop();
        await Testing.Eventually.IsTrueAsync(() => edge.IsDraining, "the edge to drain");
        Assert.Equal(ConnectorConnectionState.Draining, test.Connector.Connections[0].State);
        Assert.Equal(0, test.Connector.ReadyConnections);
        Assert.False(test.Run.IsCompleted);
        go.SetResult();
        Assert.Equal((200, "complete"), await request.WaitAsync(Deadline));
        await test.Run.WaitAsync(Deadline);
    }

    [Fact]
    public async Task What_still_runs_after_the_grace_period_is_cut()
    {
        await using var test = new ConnectorFixture();
        test.Options.GracePeriod = TimeSpan.FromSeconds(5);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        test.Builder.HandleOrigin("http_status", async stream =>
        {
            stream.Features.Get<ITunnelStreamFeature>()!.WriteResponse(200, new FieldList());
            try
            {
                await Task.Delay(Timeout.Infinite, stream.ConnectionClosed);
            }
            finally
            {
                ended.SetResult();
            }
        });
        await test.StartReadyAsync();
        await using var stream = await test.RequestAsync();
        await stream.ReadResponseAsync(default).AsTask().WaitAsync(Deadline);
        var edge = await test.Edge.ConnectionAsync();
        test.Stop();
        await Testing.Eventually.IsTrueAsync(() => edge.IsDraining, "the edge to drain");
        test.Time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(test.Run.IsCompleted);
        test.Time.Advance(TimeSpan.FromSeconds(0.2));
        await test.Run.WaitAsync(Deadline);
        await ended.Task.WaitAsync(Deadline);
        await Assert.ThrowsAnyAsync<IOException>(() => stream.ReadToEndAsync());
    }

    [Fact]
    public async Task Without_a_grace_period_a_stop_cuts_at_once()
    {
        await using var test = new ConnectorFixture();
        test.Options.GracePeriod = TimeSpan.Zero;
        test.Builder.HandleOrigin("http_status", stream => Task.Delay(Timeout.Infinite, stream.ConnectionClosed));
        await test.StartReadyAsync();
        await using var stream = await test.RequestAsync();
        await Testing.Eventually.IsTrueAsync(() => test.Connector.ActiveStreams == 1, "the stream");
        test.Stop();
        await test.Run.WaitAsync(Deadline);
    }

    [Fact]
    public async Task A_stop_while_it_waits_for_the_next_attempt_takes_effect_at_once()
    {
        await using var test = new ConnectorFixture(4);
        test.Edge.Down[ConnectorFixture.Address(1)] = true;
        test.Start();
        await Testing.Eventually.IsTrueAsync(() => test.Connector.Connections[0].State == ConnectorConnectionState.Waiting, "the wait");
        test.Stop();
        await test.Run.WaitAsync(Deadline);
        Assert.All(test.Connector.Connections, connection => Assert.Equal(ConnectorConnectionState.Stopped, connection.State));
    }

    [Fact]
    public async Task A_stop_while_it_registers_takes_effect_at_once()
    {
        await using var test = new ConnectorFixture();
        test.Edge.Answer = async _ =>
        {
            await Task.Delay(Timeout.Infinite);
            return MemoryEdge.Accept();
        };
        test.Start();
        await Testing.Eventually.IsTrueAsync(() => test.Connector.Connections[0].State == ConnectorConnectionState.Registering, "registering");
        test.Stop();
        await test.Run.WaitAsync(Deadline);
    }

    [Fact]
    public async Task A_stop_before_the_start_starts_nothing()
    {
        await using var test = new ConnectorFixture(2);
        test.Stop();
        test.Start();
        await test.Run.WaitAsync(Deadline);
        Assert.Empty(test.Edge.Dials);
    }

    [Fact]
    public async Task Disposing_ends_the_run_without_the_grace_period()
    {
        await using var test = new ConnectorFixture();
        test.Builder.HandleOrigin("http_status", stream => Task.Delay(Timeout.Infinite, stream.ConnectionClosed));
        await test.StartReadyAsync();
        await using var stream = await test.RequestAsync();
        await Testing.Eventually.IsTrueAsync(() => test.Connector.ActiveStreams == 1, "the stream");
        await test.Connector.DisposeAsync().AsTask().WaitAsync(Deadline);
        Assert.True(test.Run.IsCompletedSuccessfully);
    }
}
