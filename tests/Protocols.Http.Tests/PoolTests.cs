using Engine.Origins;
using Engine.Testing;
using Microsoft.AspNetCore.Connections;

namespace Engine.Protocols.Http.Tests;

public sealed class PoolTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    [Fact]
    public async Task Connections_are_used_again_and_again()
    {
        await using var origin = new ScriptedOrigin();
        var connection = await FirstAsync(origin);
        for (var i = 0; i < 5; i++)
        {
            var stream = new FakeTunnelStream();
            await origin.ExchangeAsync(stream, $"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{i}", connection);
            Assert.Equal($"{i}", await stream.Visitor.ReadToEndAsync());
        }

        Assert.Equal(1, origin.Dials);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 204 No Content\r\nContent-Length: 3\r\n\r\n")]
    [InlineData("HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\n")]
    public async Task Connections_that_cannot_carry_another_request_are_closed(string answer)
    {
        await using var origin = new ScriptedOrigin();
        var handling = origin.Handle(new FakeTunnelStream());
        var connection = await origin.AcceptAsync();
        await connection.ReadHeadAsync();
        await connection.SendAsync(answer);
        await handling.Within();
        Assert.Equal("", await connection.ReadToEndAsync());
    }

    [Fact]
    public async Task An_idle_connection_that_the_origin_closes_is_let_go_at_once()
    {
        await using var origin = new ScriptedOrigin();
        var connection = await FirstAsync(origin);
        await connection.EndAsync();
        Assert.Equal("", await connection.ReadToEndAsync());
        await NextIsDialledAsync(origin);
    }

    [Fact]
    public async Task An_idle_connection_on_which_the_origin_speaks_is_let_go_at_once()
    {
        await using var origin = new ScriptedOrigin();
        var connection = await FirstAsync(origin);
        await connection.SendAsync("HTTP/1.1 408 Request Timeout\r\n\r\n");
        Assert.Equal("", await connection.ReadToEndAsync());
        await NextIsDialledAsync(origin);
    }

    [Fact]
    public async Task An_idle_connection_that_is_reset_is_let_go_at_once()
    {
        await using var origin = new ScriptedOrigin();
        (await FirstAsync(origin)).Abort();
        await NextIsDialledAsync(origin);
    }

    [Fact]
    public async Task Idle_connections_grow_old_and_are_closed()
    {
        await using var origin = new ScriptedOrigin(new OriginOptions { KeepAliveTimeout = TimeSpan.FromSeconds(90) });
        var connection = await FirstAsync(origin);
        origin.Time.Advance(TimeSpan.FromSeconds(89));
        await origin.ExchangeAsync(new FakeTunnelStream(), Ok, connection);
        origin.Time.Advance(TimeSpan.FromSeconds(90));
        await NextIsDialledAsync(origin);
        Assert.Equal("", await connection.ReadToEndAsync());
    }

    [Fact]
    public async Task Old_connections_and_unused_pools_are_closed_though_no_request_comes()
    {
        await using var origin = new ScriptedOrigin(new OriginOptions { KeepAliveTimeout = TimeSpan.FromSeconds(90) });
        var connection = await FirstAsync(origin);
        Assert.Equal(1, origin.Handler.Pools.Count);
        for (var i = 0; i < 40; i++)
        {
            origin.Time.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.Equal("", await connection.ReadToEndAsync());
        Assert.Equal(0, origin.Handler.Pools.Count);
    }

    [Fact]
    public async Task No_more_than_the_configured_number_stays_idle()
    {
        await using var origin = new ScriptedOrigin(new OriginOptions { KeepAliveConnections = 2 });
        var exchanges = new List<(ConnectionContext Connection, Task Handling)>();
        for (var i = 0; i < 4; i++)
        {
            var handling = origin.Handle(new FakeTunnelStream());
            exchanges.Add((await origin.AcceptAsync(), handling));
        }

        foreach (var (connection, handling) in exchanges)
        {
            await connection.ReadHeadAsync();
            await connection.SendAsync(Ok);
            await handling.Within();
        }

        Assert.Equal("", await exchanges[2].Connection.ReadToEndAsync());
        Assert.Equal("", await exchanges[3].Connection.ReadToEndAsync());
        var next = origin.Handle(new FakeTunnelStream());
        await exchanges[1].Connection.ReadHeadAsync();
        await exchanges[1].Connection.SendAsync(Ok);
        await next.Within();
        Assert.Equal(4, origin.Dials);
    }

    [Fact]
    public async Task With_no_idle_connections_allowed_each_request_has_its_own()
    {
        await using var origin = new ScriptedOrigin(new OriginOptions { KeepAliveConnections = 0 });
        Assert.Equal("", await (await FirstAsync(origin)).ReadToEndAsync());
        await NextIsDialledAsync(origin);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("DELETE")]
    public async Task A_request_that_may_be_repeated_goes_once_more_when_a_pooled_connection_dies_under_it(string method)
    {
        foreach (var reset in new[] { false, true })
        {
            await using var origin = new ScriptedOrigin();
            var stale = await FirstAsync(origin);
            var stream = new FakeTunnelStream(method, "/again");
            var handling = origin.Handle(stream);
            await stale.ReadHeadAsync();
            await DieAsync(stale, reset);
            var fresh = await origin.AcceptAsync();
            Assert.StartsWith($"{method} /again HTTP/1.1\r\n", await fresh.ReadHeadAsync());
            await fresh.SendAsync(Ok);
            await handling.Within();
            Assert.Equal(200, stream.Status);
            Assert.Null(stream.Failure);
        }
    }

    [Fact]
    public async Task A_request_is_repeated_once_and_not_twice()
    {
        await using var origin = new ScriptedOrigin();
        var first = await FirstAsync(origin);
        var stream = new FakeTunnelStream();
        var handling = origin.Handle(stream);
        await first.ReadHeadAsync();
        await first.EndAsync();
        var second = await origin.AcceptAsync();
        await second.ReadHeadAsync();
        await second.EndAsync();
        await handling.Within();
        Assert.Equal((502, HttpFailureCode.ClosedEarly), (stream.Status, stream.Failure?.Code));
        Assert.Equal(2, origin.Dials);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PATCH")]
    [InlineData("LOCK")]
    public async Task A_request_that_may_not_be_repeated_fails_with_the_connection(string method)
    {
        await using var origin = new ScriptedOrigin();
        var connection = await FirstAsync(origin);
        var stream = new FakeTunnelStream(method);
        var handling = origin.Handle(stream);
        await connection.ReadHeadAsync();
        await connection.EndAsync();
        await handling.Within();
        Assert.Equal((502, HttpFailureCode.ClosedEarly), (stream.Status, stream.Failure?.Code));
        Assert.Equal(1, origin.Dials);
    }

    [Fact]
    public async Task A_request_whose_body_has_begun_is_not_repeated()
    {
        await using var origin = new ScriptedOrigin();
        var connection = await FirstAsync(origin);
        var stream = new FakeTunnelStream("PUT", hasBody: true);
        var handling = origin.Handle(stream);
        await connection.ReadHeadAsync();
        await stream.Visitor.SendAsync("x");
        await connection.ReadUntilAsync("x\r\n");
        await connection.EndAsync();
        await handling.Within();
        Assert.Equal(HttpFailureCode.ClosedEarly, stream.Failure?.Code);
        Assert.Equal(1, origin.Dials);
    }

    [Fact]
    public async Task A_repeatable_request_whose_body_has_not_begun_is_repeated_with_it()
    {
        await using var origin = new ScriptedOrigin();
        var stale = await FirstAsync(origin);
        var stream = new FakeTunnelStream("PUT", hasBody: true);
        var handling = origin.Handle(stream);
        await stale.ReadHeadAsync();
        await stale.EndAsync();
        var fresh = await origin.AcceptAsync();
        await fresh.ReadHeadAsync();
        await stream.Visitor.SendAsync("x");
        await stream.Visitor.EndAsync();
        Assert.Equal("1\r\nx\r\n0\r\n\r\n", await fresh.ReadHeadAsync());
        await fresh.SendAsync(Ok);
        await handling.Within();
        Assert.Equal(200, stream.Status);
    }

    [Fact]
    public async Task Once_an_octet_of_an_interim_answer_came_nothing_is_repeated()
    {
        await using var origin = new ScriptedOrigin();
        var connection = await FirstAsync(origin);
        var stream = new FakeTunnelStream();
        var handling = origin.Handle(stream);
        await connection.ReadHeadAsync();
        await connection.SendAsync("HTTP/1.1 103 Early Hints\r\n\r\n");
        await connection.EndAsync();
        await handling.Within();
        Assert.Equal(HttpFailureCode.ClosedEarly, stream.Failure?.Code);
        Assert.Equal(1, origin.Dials);
    }

    [Fact]
    public async Task Disposing_the_handler_closes_what_is_idle_and_keeps_nothing_after()
    {
        await using var origin = new ScriptedOrigin();
        var idle = await FirstAsync(origin);
        await origin.Handler.DisposeAsync();
        Assert.Equal("", await idle.ReadToEndAsync());
        Assert.Equal("", await (await FirstAsync(origin)).ReadToEndAsync());
        Assert.Equal(0, origin.Handler.Pools.Count);
    }

    private static async Task<ConnectionContext> FirstAsync(ScriptedOrigin origin)
    {
        var stream = new FakeTunnelStream();
        var handling = origin.Handle(stream);
        var connection = await origin.AcceptAsync();
        await connection.ReadHeadAsync();
        await connection.SendAsync(Ok);
        await handling.Within();
        Assert.Equal(200, stream.Status);
        return connection;
    }

    private static async Task NextIsDialledAsync(ScriptedOrigin origin)
    {
        var dials = origin.Dials;
        await FirstAsync(origin);
        Assert.Equal(dials + 1, origin.Dials);
    }

    private static Task DieAsync(ConnectionContext connection, bool reset)
    {
        if (!reset)
        {
            return connection.EndAsync();
        }

        connection.Abort();
        return Task.CompletedTask;
    }
}
