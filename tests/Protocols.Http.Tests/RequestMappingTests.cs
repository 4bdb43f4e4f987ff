using Engine.Fields;
using Engine.Origins;
using Engine.Testing;
using Engine.Tunnels;

namespace Engine.Protocols.Http.Tests;

public sealed class RequestMappingTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    [Fact]
    public async Task A_request_goes_to_the_origin_as_it_came_and_nothing_is_invented()
    {
        await using var origin = new ScriptedOrigin();
        var head = await origin.ExchangeAsync(
            new FakeTunnelStream(target: "/a%2F?q=\xE4").With("accept", "*/*").With("cookie", "a=b; c=d").With("X-Odd", "caf\xE9").With("accept", "x").With("te", "trailers"),
            Ok);
        Assert.Equal(
            "GET /a%2F?q=\xE4 HTTP/1.1\r\nHost: app.example\r\naccept: */*\r\ncookie: a=b; c=d\r\nX-Odd: caf\xE9\r\naccept: x\r\nte: trailers\r\nConnection: keep-alive, TE\r\n\r\n",
            head);
    }

    [Fact]
    public async Task What_belongs_to_the_connection_or_the_tunnel_does_not_reach_the_origin()
    {
        await using var origin = new ScriptedOrigin();
        var head = await origin.ExchangeAsync(
            new FakeTunnelStream().With("connection", "x").With("Keep-Alive", "1").With("proxy-connection", "x").With("transfer-encoding", "chunked")
                .With("upgrade", "h2c").With("te", "gzip").With("cf-trace-id", "1:2:3:4").With("host", "other").With("content-length", "9").With("trailer", "x")
                .With("sec-websocket-version", "8"),
            Ok);
        Assert.Equal("GET / HTTP/1.1\r\nHost: app.example\r\nConnection: keep-alive\r\n\r\n", head);
    }

    [Fact]
    public async Task Tags_and_the_connectors_id_are_added_and_cannot_be_forged()
    {
        var id = Guid.NewGuid();
        await using var origin = new ScriptedOrigin(configure: options =>
        {
            options.ConnectorId = id;
            options.Tags = [new("env", "caf\u00E9")];
        });
        var head = await origin.ExchangeAsync(new FakeTunnelStream().With("cf-warp-tag-id", "forged"), Ok);
        Assert.Contains($"\r\nCf-Warp-Tag-ID: {id}\r\n", head);
        Assert.Contains("\r\nCf-Warp-Tag-env: caf\xC3\xA9\r\n", head);
        Assert.DoesNotContain("forged", head);
    }

    [Fact]
    public async Task A_configured_host_replaces_the_visitors_which_moves_to_X_Forwarded_Host()
    {
        await using var origin = new ScriptedOrigin(new OriginOptions { HttpHostHeader = "inner.local:81" });
        var head = await origin.ExchangeAsync(new FakeTunnelStream().With("x-forwarded-host", "forged"), Ok);
        Assert.Equal("GET / HTTP/1.1\r\nHost: inner.local:81\r\nX-Forwarded-Host: app.example\r\nConnection: keep-alive\r\n\r\n", head);
    }

    [Theory]
    [InlineData("POST", true)]
    [InlineData("PUT", true)]
    [InlineData("PATCH", true)]
    [InlineData("GET", false)]
    [InlineData("DELETE", false)]
    public async Task That_there_is_no_body_is_said_where_one_is_expected(string method, bool isSaid)
    {
        await using var origin = new ScriptedOrigin();
        var head = await origin.ExchangeAsync(new FakeTunnelStream(method), Ok);
        Assert.Equal(isSaid, head.Contains("\r\nContent-Length: 0\r\n"));
        Assert.DoesNotContain("Transfer-Encoding", head);
    }

    [Fact]
    public async Task A_body_of_known_length_goes_with_its_length()
    {
        await using var origin = new ScriptedOrigin();
        var stream = new FakeTunnelStream("POST", hasBody: true, length: 11).With("content-length", "11");
        var handling = origin.Handle(stream);
        var connection = await origin.AcceptAsync();
        Assert.Equal("POST / HTTP/1.1\r\nHost: app.example\r\nContent-Length: 11\r\nConnection: keep-alive\r\n\r\n", await connection.ReadHeadAsync());
        await stream.Visitor.SendAsync("hello ");
        Assert.Equal("hello ", await connection.ReadAsync(6));
        await stream.Visitor.SendAsync("world");
        await stream.Visitor.EndAsync();
        Assert.Equal("world", await connection.ReadAsync(5));
        await connection.SendAsync(Ok);
        await handling.Within();
        Assert.Equal(200, stream.Status);
    }

    [Fact]
    public async Task A_body_of_unknown_length_goes_in_chunks_with_its_trailers()
    {
        await using var origin = new ScriptedOrigin();
        var stream = new FakeTunnelStream("POST", hasBody: true).With("trailer", "x-sum");
        var handling = origin.Handle(stream);
        var connection = await origin.AcceptAsync();
        Assert.Equal("POST / HTTP/1.1\r\nHost: app.example\r\ntrailer: x-sum\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n", await connection.ReadHeadAsync());
        await stream.Visitor.SendAsync("hello");
        Assert.Equal("5\r\nhello\r\n", await connection.ReadUntilAsync("hello\r\n"));
        stream.RequestTrailers = new FieldList();
        stream.RequestTrailers.Add("x-sum"u8, "1");
        stream.RequestTrailers.Add("content-length"u8, "forged");
        await stream.Visitor.EndAsync();
        Assert.Equal("0\r\nx-sum: 1\r\n\r\n", await connection.ReadHeadAsync());
        await connection.SendAsync(Ok);
        await handling.Within();
        Assert.Equal(200, stream.Status);
    }

    [Fact]
    public async Task An_empty_body_of_unknown_length_is_the_last_chunk_alone()
    {
        await using var origin = new ScriptedOrigin();
        var stream = new FakeTunnelStream("POST", hasBody: true);
        var handling = origin.Handle(stream);
        var connection = await origin.AcceptAsync();
        await connection.ReadHeadAsync();
        await stream.Visitor.EndAsync();
        Assert.Equal("0\r\n\r\n", await connection.ReadHeadAsync());
        await connection.SendAsync(Ok);
        await handling.Within();
    }

    [Fact]
    public async Task A_websocket_asks_for_its_upgrade()
    {
        await using var origin = new ScriptedOrigin();
        var stream = new FakeTunnelStream(kind: TunnelStreamKind.WebSocket, hasBody: true)
            .With("sec-websocket-key", "k").With("sec-websocket-protocol", "chat").With("content-length", "3").With("te", "trailers");
        var head = await origin.ExchangeAsync(stream, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal(
            "GET / HTTP/1.1\r\nHost: app.example\r\nsec-websocket-key: k\r\nsec-websocket-protocol: chat\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n",
            head);
        Assert.Equal(404, stream.Status);
    }

    [Theory]
    [InlineData("/a b", "GET", "x", "y")]
    [InlineData("/", "G T", "x", "y")]
    [InlineData("/", "GET", "x", "a\r\nb: c")]
    [InlineData("/", "GET", "x y", "z")]
    [InlineData("/#f", "GET", "x", "y")]
    public async Task A_request_that_would_break_apart_in_HTTP_1_is_answered_400(string target, string method, string name, string value)
    {
        await using var origin = new ScriptedOrigin();
        var stream = new FakeTunnelStream(method, target).With(name, value);
        await origin.Handle(stream).Within();
        Assert.Equal((400, HttpFailureCode.BadRequest), (stream.Failure!.Value.Status, stream.Failure.Value.Code));
        Assert.Equal("", await (await origin.AcceptAsync()).ReadToEndAsync());
    }

    [Theory]
    [InlineData("engine; loops=8", null)]
    [InlineData("engine; loops=9", 508)]
    [InlineData("cloudflare; loops=99, ENGINE ; x=\"y\";loops=9", 508)]
    [InlineData("other; loops=99", null)]
    [InlineData("engine, engine, engine, engine, engine, engine, engine, engine, engine", 508)]
    [InlineData("engine; loops=99999999999999999999", 508)]
    [InlineData("other; note=\"a, engine; loops=9\"", null)]
    public async Task A_request_that_runs_in_a_circle_is_answered_508(string loops, int? status)
    {
        await using var origin = new ScriptedOrigin();
        var stream = new FakeTunnelStream().With("cdn-loop", loops);
        if (status is null)
        {
            await origin.ExchangeAsync(stream, Ok);
            Assert.Equal(200, stream.Status);
            return;
        }

        await origin.Handle(stream).Within();
        Assert.Equal((508, HttpFailureCode.LoopDetected), (stream.Failure!.Value.Status, stream.Failure.Value.Code));
        Assert.Equal(0, origin.Dials);
    }
}
