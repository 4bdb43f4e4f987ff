using Engine.Testing;
using Engine.Tunnels;
using Microsoft.AspNetCore.Connections;

namespace Engine.Protocols.Http.Tests;

public sealed class UpgradeTests
{
    private const string Switching = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: a\r\n\r\n";

    [Fact]
    public async Task After_101_octets_go_both_ways_as_they_come()
    {
        await using var origin = new ScriptedOrigin();
        var (stream, connection, handling) = await UpgradeAsync(origin, Switching + "early");
        Assert.Equal((101, "Upgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Accept: a\n"), (stream.Status, stream.Fields));
        Assert.Equal("early", await stream.Visitor.ReadAsync(5));
        for (var i = 0; i < 3; i++)
        {
            await stream.Visitor.SendAsync("ping");
            Assert.Equal("ping", await connection.ReadAsync(4));
            await connection.SendAsync("pong!");
            Assert.Equal("pong!", await stream.Visitor.ReadAsync(5));
        }

        await stream.Visitor.EndAsync();
        await connection.EndAsync();
        await handling.Within();
        Assert.Null(stream.Failure);
    }

    [Fact]
    public async Task The_visitors_half_may_end_and_the_origins_goes_on()
    {
        await using var origin = new ScriptedOrigin();
        var (stream, connection, handling) = await UpgradeAsync(origin, Switching);
        await stream.Visitor.SendAsync("bye");
        await stream.Visitor.EndAsync();
        Assert.Equal("bye", await connection.ReadToEndAsync());
        await connection.SendAsync("still here");
        Assert.Equal("still here", await stream.Visitor.ReadAsync(10));
        await connection.EndAsync();
        Assert.Equal("", await stream.Visitor.ReadToEndAsync());
        await handling.Within();
    }

    [Fact]
    public async Task The_origins_half_may_end_and_the_visitors_goes_on()
    {
        await using var origin = new ScriptedOrigin();
        var (stream, connection, handling) = await UpgradeAsync(origin, Switching + "bye");
        await connection.EndAsync();
        Assert.Equal("bye", await stream.Visitor.ReadToEndAsync());
        await stream.Visitor.SendAsync("still here");
        Assert.Equal("still here", await connection.ReadAsync(10));
        await stream.Visitor.EndAsync();
        Assert.Equal("", await connection.ReadToEndAsync());
        await handling.Within();
    }

    [Fact]
    public async Task A_visitor_who_leaves_resets_the_origin()
    {
        await using var origin = new ScriptedOrigin();
        var (stream, connection, handling) = await UpgradeAsync(origin, Switching);
        stream.Visitor.Abort();
        await handling.Within();
        await connection.ReadToResetAsync();
        Assert.Null(stream.Failure);
    }

    [Fact]
    public async Task An_origin_that_resets_resets_the_stream()
    {
        await using var origin = new ScriptedOrigin();
        var (stream, connection, handling) = await UpgradeAsync(origin, Switching);
        connection.Abort();
        await handling.Within();
        await stream.Visitor.ReadToResetAsync();
        Assert.Equal(HttpFailureCode.Reset, stream.Failure?.Code);
        Assert.Contains("after the switch of protocols", stream.Failure!.Value.Detail);
    }

    [Fact]
    public async Task Another_answer_than_101_is_an_ordinary_one()
    {
        await using var origin = new ScriptedOrigin();
        var stream = new FakeTunnelStream(kind: TunnelStreamKind.WebSocket, hasBody: true);
        await origin.ExchangeAsync(stream, "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
        Assert.Equal(403, stream.Status);
        Assert.Equal("no", await stream.Visitor.ReadToEndAsync());
    }

    [Fact]
    public async Task An_upgrade_goes_once_more_when_a_pooled_connection_dies_under_it()
    {
        await using var origin = new ScriptedOrigin();
        var first = origin.Handle(new FakeTunnelStream());
        var stale = await origin.AcceptAsync();
        await stale.ReadHeadAsync();
        await stale.SendAsync("HTTP/1.1 204 No Content\r\n\r\n");
        await first.Within();
        var stream = new FakeTunnelStream(kind: TunnelStreamKind.WebSocket, hasBody: true);
        var handling = origin.Handle(stream);
        await stale.ReadHeadAsync();
        await stale.EndAsync();
        var fresh = await origin.AcceptAsync();
        await fresh.ReadHeadAsync();
        await fresh.SendAsync(Switching);
        await stream.Visitor.SendAsync("ping");
        Assert.Equal("ping", await fresh.ReadAsync(4));
        await stream.Visitor.EndAsync();
        await fresh.EndAsync();
        await handling.Within();
        Assert.Null(stream.Failure);
    }

    private static async Task<(FakeTunnelStream Stream, ConnectionContext Connection, Task Handling)> UpgradeAsync(ScriptedOrigin origin, string answer)
    {
        var stream = new FakeTunnelStream(kind: TunnelStreamKind.WebSocket, hasBody: true).With("sec-websocket-key", "k");
        var handling = origin.Handle(stream);
        var connection = await origin.AcceptAsync();
        await connection.ReadHeadAsync();
        await connection.SendAsync(answer);
        await stream.Answered.Task.Within();
        return (stream, connection, handling);
    }
}
