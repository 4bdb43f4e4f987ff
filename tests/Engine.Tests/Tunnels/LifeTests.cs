using System.Text;
using Engine.Http2;
using Engine.Testing;
using Engine.Transports;
using Engine.Tunnels;
using Engine.Tunnels.Registration;
using Engine.Tunnels.Registration.Rpc;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Time.Testing;

namespace Engine.Tests.Tunnels;

public class LifeTests
{
    [Fact]
    public async Task An_unregistered_connection_drains_and_the_edge_closes_it()
    {
        await using var pair = await TunnelPair.CreateAsync();
        var (edge, stream, feature) = await pair.OpenAsync();
        await pair.Connector.UnregisterAsync().Within();
        await Eventually.IsTrueAsync(() => pair.Edge.IsDraining, "the edge drains");
        var refusal = await Assert.ThrowsAsync<Http2StreamRefusedException>(() => pair.Edge.OpenAsync(TunnelStreamKind.Http, TunnelPair.Head(), true).Within());
        Assert.True(refusal.IsSafeToRetry);
        await Assert.ThrowsAsync<Http2StreamRefusedException>(() => pair.Edge.PushConfigurationAsync(1, "{}"u8.ToArray()).Within());

        // What runs goes on to its end, and only then the edge closes.
        await edge.Transport.SendAsync("still");
        Assert.Equal("still", await stream.Transport.ReadAsync(5));
        feature.WriteResponse(200, TunnelPair.Fields());
        await stream.Transport.SendAsync("served");
        await stream.Transport.EndAsync();
        await edge.ReadResponseAsync().Within();
        Assert.Equal("served", await edge.Transport.ReadToEndAsync());
        Assert.False(pair.Edge.Completion.IsCompleted);
        var accepting = pair.Connector.AcceptAsync().AsTask();
        await edge.Transport.EndAsync();
        await edge.DisposeAsync();
        await stream.DisposeAsync();
        Assert.Null(await accepting.Within());
        Assert.True((await pair.Edge.Completion.Within()).IsClean);
        Assert.True((await pair.Connector.Completion.Within()).IsClean);
    }

    [Fact]
    public async Task A_drain_that_takes_too_long_is_cut()
    {
        var time = new FakeTimeProvider();
        await using var pair = await TunnelPair.CreateAsync(edgeOptions: new EdgeTunnelOptions { TimeProvider = time, DrainTimeout = TimeSpan.FromSeconds(30) });
        var (edge, _, _) = await pair.OpenAsync();
        await pair.Connector.UnregisterAsync().Within();
        await Eventually.IsTrueAsync(() => pair.Edge.IsDraining, "the edge drains");
        time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(pair.Edge.Completion.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));
        await pair.Edge.Completion.Within();
        await Assert.ThrowsAsync<ConnectionAbortedException>(() => edge.Transport.ReadToEndAsync());
    }

    [Fact]
    public async Task An_edge_drains_by_itself_and_the_connector_learns_of_it()
    {
        await using var pair = await TunnelPair.CreateAsync();
        var (edge, stream, feature) = await pair.OpenAsync(endStream: true);
        var accepting = pair.Connector.AcceptAsync().AsTask();
        var draining = pair.Edge.DrainAsync().AsTask();
        Assert.True(pair.Edge.IsDraining);
        feature.WriteResponse(200, TunnelPair.Fields(), endStream: true);
        await edge.ReadResponseAsync().Within();
        await edge.DisposeAsync();
        await stream.DisposeAsync();
        await draining.Within();
        Assert.Null(await accepting.Within());
        Assert.True((await pair.Connector.Completion.Within()).IsClean);
    }

    [Fact]
    public async Task A_cancelled_drain_cuts_what_runs()
    {
        await using var pair = await TunnelPair.CreateAsync();
        var (edge, _, _) = await pair.OpenAsync();
        using var cancel = new CancellationTokenSource();
        var draining = pair.Edge.DrainAsync(cancel.Token).AsTask();
        Assert.False(draining.IsCompleted);
        await cancel.CancelAsync();
        await draining.Within();
        await pair.Edge.Completion.Within();
        await Assert.ThrowsAsync<ConnectionAbortedException>(() => edge.Transport.ReadToEndAsync());
    }

    [Fact]
    public async Task A_connector_that_is_gone_ends_the_edges_connection_and_its_streams()
    {
        await using var pair = await TunnelPair.CreateAsync();
        var (edge, _, _) = await pair.OpenAsync();
        pair.Connector.Abort();
        var end = await pair.Edge.Completion.Within();
        Assert.False(end.IsClean);
        Assert.True(pair.Edge.IsDraining);
        await Assert.ThrowsAnyAsync<IOException>(() => edge.ReadResponseAsync().Within());
        await edge.DisposeAsync();
        await Assert.ThrowsAnyAsync<IOException>(() => pair.Edge.OpenAsync(TunnelStreamKind.Http, TunnelPair.Head(), true).Within());
    }

    [Fact]
    public async Task A_connector_whose_edge_is_gone_knows_it()
    {
        await using var pair = await TunnelPair.CreateAsync();
        var accepting = pair.Connector.AcceptAsync().AsTask();
        pair.Edge.Abort("pulled out");
        Assert.Null(await accepting.Within());
        Assert.False((await pair.Connector.Completion.Within()).IsClean);
    }

    [Fact]
    public async Task The_local_configuration_is_kept_for_display()
    {
        await using var pair = await TunnelPair.CreateAsync();
        await pair.Connector.UpdateLocalConfigurationAsync("{\"ingress\":[]}"u8.ToArray()).Within();
        Assert.Equal("{\"ingress\":[]}", Encoding.UTF8.GetString(pair.Edge.LocalConfiguration.Span));
        // One that is too large for that is answered and not kept.
        await pair.Connector.UpdateLocalConfigurationAsync(new byte[(1 << 20) + 1]).Within();
        Assert.Equal("{\"ingress\":[]}", Encoding.UTF8.GetString(pair.Edge.LocalConfiguration.Span));
    }

    [Fact]
    public async Task A_configuration_that_is_larger_than_any_window_arrives()
    {
        await using var pair = await TunnelPair.CreateAsync();
        await pair.Connector.UpdateLocalConfigurationAsync(new byte[3 << 20]).Within();
    }

    [Fact]
    public async Task A_control_stream_that_breaks_drains_the_connection()
    {
        var (near, far) = MemoryConnection.CreatePair();
        var edge = new ScriptedEdge(far);
        var registering = TunnelConnection.RegisterAsync(near, TunnelPair.Registration()).AsTask();
        await edge.OpenControlStreamAsync();
        await edge.AnswerRegistrationAsync();
        await using var connector = await registering.Within();
        var accepting = connector.AcceptAsync().AsTask();
        await edge.SendAsync("garbage, and then some more of it"u8.ToArray());
        Assert.Null(await accepting.Within());
        await connector.Completion.Within();
    }

    [Fact]
    public async Task Unregistering_speaks_the_original_words_and_ends_the_stream()
    {
        var (near, far) = MemoryConnection.CreatePair();
        var edge = new ScriptedEdge(far);
        var registering = TunnelConnection.RegisterAsync(near, TunnelPair.Registration()).AsTask();
        await edge.OpenControlStreamAsync();
        await edge.AnswerRegistrationAsync();
        await using var connector = await registering.Within();
        var unregistering = connector.UnregisterAsync().AsTask();
        Assert.Equal(RegistrationInterface.UnregisterConnection, (await edge.ReceiveAsync()).Call.MethodId);
        await edge.SendAsync(RpcEncoder.Return(1, EmptyStruct.Instance));
        await unregistering.Within();
        Assert.Equal(RpcMessageKind.Finish, (await edge.ReceiveAsync()).Kind);
        Assert.Equal(RpcMessageKind.Release, (await edge.ReceiveAsync()).Kind);
        Assert.Equal(new RpcError(RpcErrorKind.Failed, "rpc: shutdown"), (await edge.ReceiveAsync()).Error);
        // The stream is over for the connector although the edge has not ended its side.
        await Eventually.IsTrueAsync(() => edge.Control.ResetCode == Http2ErrorCode.NoError, "the control stream is reset");

        // New requests are still served until the edge closes.
        var accepting = connector.AcceptAsync().AsTask();
        await edge.OpenAsync(TunnelPair.Head());
        Assert.NotNull(await accepting.Within());
        await connector.UnregisterAsync().Within();
    }
}
