using Engine.Edge.Registry;
using Engine.Edge.Tests.Fakes;
using Engine.Testing;
using Engine.Tunnels;
using Microsoft.AspNetCore.Connections;

namespace Engine.Edge.Tests.Front;

public sealed class Http1FrontTests : IAsyncLifetime
{
    private readonly EdgeFront _edge = new();

    [Fact]
    public async Task A_request_goes_into_the_tunnel_with_what_the_edge_states_about_the_visitor()
    {
        await using var visitor = _edge.ConnectRaw("::ffff:203.0.113.9");
        await visitor.SendAsync("GET /p?q=%2F HTTP/1.1\r\nHost: A.test:8080\r\nUser-Agent: x\r\nX-Forwarded-For: 6.6.6.6\r\nAccept: a\r\nAccept: b\r\n\r\n");
        var stream = await _edge.Link.TakeAsync();

        Assert.Equal(TunnelStreamKind.Http, stream.Kind);
        Assert.True(stream.EndStream);
        Assert.Equal([":method", ":scheme", ":authority", ":path"], Names(stream).Take(4));
        Assert.Equal("GET", stream.Field(":method"));
        Assert.Equal("http", stream.Field(":scheme"));
        Assert.Equal("A.test:8080", stream.Field(":authority"));
        Assert.Equal("/p?q=%2F", stream.Field(":path"));
        Assert.Equal("x", stream.Field("user-agent"));
        Assert.Equal("203.0.113.9", stream.Field("x-forwarded-for"));
        Assert.Equal("203.0.113.9", stream.Field("cf-connecting-ip"));
        Assert.Equal("http", stream.Field("x-forwarded-proto"));
        Assert.Equal("{\"scheme\":\"http\"}", stream.Field("cf-visitor"));
        Assert.Equal("engine; loops=1", stream.Field("cdn-loop"));
        Assert.Matches("^[0-9a-f]{16}-TEST$", stream.Field("cf-ray"));
        Assert.Equal(2, Names(stream).Count(name => name == "accept"));
        Assert.DoesNotContain("host", Names(stream));
    }

    [Fact]
    public async Task An_answer_with_a_length_comes_back_with_its_fields_as_they_were()
    {
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
        var stream = await _edge.Link.TakeAsync();
        stream.Answer(200, ("Content-Length", "5"), ("X-Case", "Kept"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"));
        await stream.SendAsync("hello");
        await stream.EndAsync();

        var head = await visitor.ReadHeadAsync();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nX-Case: Kept\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\n", head, StringComparison.Ordinal);
        Assert.Contains($"\r\ncf-ray: {stream.Field("cf-ray")}\r\n", head, StringComparison.Ordinal);
        Assert.DoesNotContain("chunked", head, StringComparison.Ordinal);
        Assert.Equal("hello", await visitor.ReadUntilAsync("hello"));
    }

    [Fact]
    public async Task An_answer_of_unknown_length_is_chunked_and_each_part_is_passed_on_at_once()
    {
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
        var stream = await _edge.Link.TakeAsync();
        stream.Answer(200);
        Assert.Contains("\r\nTransfer-Encoding: chunked\r\n", await visitor.ReadHeadAsync(), StringComparison.Ordinal);

        await stream.SendAsync("data: 1\n\n");
        Assert.Equal("9\r\ndata: 1\n\n\r\n", await visitor.ReadUntilAsync("\n\n\r\n"));
        await stream.SendAsync("data: 2\n\n");
        Assert.Equal("9\r\ndata: 2\n\n\r\n", await visitor.ReadUntilAsync("\n\n\r\n"));
        stream.Trailers = ScriptedStream.ListOf(("X-Sum", "7"), ("Content-Length", "1"), ("cf-cloudflared-x", "1"));
        await stream.EndAsync();
        Assert.Equal("0\r\nX-Sum: 7\r\n\r\n", await visitor.ReadHeadAsync());
    }

    [Fact]
    public async Task A_http_1_0_visitor_gets_no_chunks_and_the_end_of_the_connection()
    {
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("GET / HTTP/1.0\r\nHost: a.test\r\n\r\n");
        var stream = await _edge.Link.TakeAsync();
        stream.Answer(103, ("Link", "x"));
        stream.Answer(200);
        await stream.SendAsync("hello");
        await stream.EndAsync();

        var answer = await visitor.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\nhello", answer, StringComparison.Ordinal);
        Assert.Contains("Connection: close", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", 204)]
    [InlineData("GET", 304)]
    [InlineData("HEAD", 200)]
    public async Task An_answer_without_body_keeps_the_connection_in_step(string method, int status)
    {
        await using var visitor = _edge.ConnectRaw();
        for (var round = 0; round < 2; round++)
        {
            await visitor.SendAsync($"{method} / HTTP/1.1\r\nHost: a.test\r\n\r\n");
            var stream = await _edge.Link.TakeAsync();
            stream.IsResponseEmpty = true;
            stream.Answer(status, ("Content-Length", "77"));
            await stream.EndAsync();
            var head = await visitor.ReadHeadAsync();
            Assert.StartsWith($"HTTP/1.1 {status} ", head, StringComparison.Ordinal);
            Assert.DoesNotContain("chunked", head, StringComparison.Ordinal);
            Assert.Equal(status != 204, head.Contains("Content-Length: 77", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task An_answer_that_ends_with_its_head_and_announces_a_body_is_a_502()
    {
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
        var stream = await _edge.Link.TakeAsync();
        stream.IsResponseEmpty = true;
        stream.Answer(200, ("Content-Length", "5"));
        await stream.EndAsync();

        Assert.StartsWith("HTTP/1.1 502 ", await visitor.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_answer_without_a_length_gets_one()
    {
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
        var stream = await _edge.Link.TakeAsync();
        stream.IsResponseEmpty = true;
        stream.Answer(200);

        Assert.Contains("content-length: 0\r\n", await visitor.ReadHeadAsync(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_body_of_known_length_streams_up()
    {
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 6\r\n\r\nabc");
        var stream = await _edge.Link.TakeAsync();

        Assert.False(stream.EndStream);
        Assert.Equal("6", stream.Field("content-length"));
        Assert.Equal("abc", await stream.ReadAsync(3));
        await visitor.SendAsync("def");
        Assert.Equal("def", await stream.ReadBodyAsync());
    }

    [Fact]
    public async Task A_chunked_body_streams_up_with_its_trailers()
    {
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
        var stream = await _edge.Link.TakeAsync();

        Assert.Null(stream.Field("transfer-encoding"));
        Assert.Null(stream.Field("content-length"));
        Assert.Equal("abc", await stream.ReadAsync(3));
        await visitor.SendAsync("3\r\ndef\r\n0\r\nX-Sum: 1\r\n\r\n");
        Assert.Equal("def", await stream.ReadBodyAsync());
        var trailers = await stream.RequestTrailers.Within();
        Assert.Equal("1", trailers.GetString("x-sum"u8));
        Assert.Equal(1, trailers.Count);
    }

    [Fact]
    public async Task Expect_continue_and_the_interim_answers_travel()
    {
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
        var stream = await _edge.Link.TakeAsync();
        Assert.Equal("100-continue", stream.Field("expect"));

        stream.Answer(100);
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", await visitor.ReadHeadAsync());
        await visitor.SendAsync("abc");
        Assert.Equal("abc", await stream.ReadBodyAsync());
        stream.Answer(103, ("Link", "</s.css>"), ("Connection", "x"), ("Content-Length", "5"));
        Assert.Equal("HTTP/1.1 103 Early Hints\r\nLink: </s.css>\r\n\r\n", await visitor.ReadHeadAsync());
        stream.IsResponseEmpty = true;
        stream.Answer(200);
        Assert.DoesNotContain("close", await visitor.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_was_held_back_and_refused_ends_the_connection()
    {
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
        var stream = await _edge.Link.TakeAsync();
        stream.IsResponseEmpty = true;
        stream.Answer(413);

        Assert.Contains("Connection: close", await visitor.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pipelined_requests_are_answered_in_their_order()
    {
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("GET /1 HTTP/1.1\r\nHost: a.test\r\n\r\nGET /2 HTTP/1.1\r\nHost: a.test\r\n\r\nGET /3 HTTP/1.1\r\nHost: a.test\r\n\r\n");
        for (var i = 1; i <= 3; i++)
        {
            var stream = await _edge.Link.TakeAsync();
            Assert.Equal($"/{i}", stream.Field(":path"));
            Assert.False(_edge.Link.HasOpened);
            stream.Answer(200, ("content-length", "1"));
            await stream.SendAsync($"{i}");
            await stream.EndAsync();
            await visitor.ReadHeadAsync();
            Assert.Equal($"{i}", await visitor.ReadUntilAsync($"{i}"));
        }
    }

    [Fact]
    public async Task A_visitor_that_finished_sending_still_gets_its_answer()
    {
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
        await visitor.FinishAsync();
        var stream = await _edge.Link.TakeAsync();
        stream.Answer(200, ("content-length", "2"));
        await stream.SendAsync("ok");
        await stream.EndAsync();

        Assert.EndsWith("\r\n\r\nok", await visitor.ReadToEndAsync(), StringComparison.Ordinal);
        await _edge.AllOver();
    }

    [Fact]
    public async Task A_visitor_that_resets_while_it_waits_has_its_stream_reset()
    {
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
        var stream = await _edge.Link.TakeAsync();
        visitor.Abort();

        await stream.WasReset.Within();
        await stream.WasDisposed.Within();
        await _edge.AllOver();
    }

    [Fact]
    public async Task A_visitor_that_resets_inside_the_answer_has_its_stream_reset()
    {
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
        var stream = await _edge.Link.TakeAsync();
        stream.Answer(200);
        await stream.SendAsync("part");
        await visitor.ReadUntilAsync("part");
        visitor.Abort();

        await stream.WasReset.Within();
        await _edge.AllOver();
    }

    [Fact]
    public async Task A_visitor_that_breaks_off_inside_its_body_resets_the_stream()
    {
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 6\r\n\r\nabc");
        var stream = await _edge.Link.TakeAsync();
        await visitor.FinishAsync();

        await stream.WasReset.Within();
        Assert.StartsWith("HTTP/1.1 400 ", await visitor.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_chunk_resets_the_stream_and_is_answered_400()
    {
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
        var stream = await _edge.Link.TakeAsync();
        await visitor.SendAsync("xyz\r\n");

        await stream.WasReset.Within();
        Assert.StartsWith("HTTP/1.1 400 ", await visitor.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_that_breaks_inside_a_chunked_answer_shows_as_truncated()
    {
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
        var stream = await _edge.Link.TakeAsync();
        stream.Answer(200);
        await stream.SendAsync("part");
        await visitor.ReadUntilAsync("part\r\n");
        stream.Fail(new ConnectionResetException("reset"));

        Assert.Equal("", await visitor.ReadToEndAsync());
    }

    [Fact]
    public async Task A_stream_that_breaks_inside_an_answer_without_framing_resets_the_visitor()
    {
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("GET / HTTP/1.0\r\nHost: a.test\r\n\r\n");
        var stream = await _edge.Link.TakeAsync();
        stream.Answer(200);
        await stream.SendAsync("part");
        await visitor.ReadUntilAsync("part");
        stream.Fail(new ConnectionResetException("reset"));

        await Assert.ThrowsAsync<ConnectionResetException>(visitor.ReadToEndAsync);
    }

    [Theory]
    [InlineData("4", "part!")]
    [InlineData("9", "part")]
    public async Task A_body_that_does_not_have_its_announced_length_is_cut(string length, string body)
    {
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
        var stream = await _edge.Link.TakeAsync();
        stream.Answer(200, ("Content-Length", length));
        await stream.SendAsync(body);
        await stream.EndAsync();

        var answer = await visitor.ReadToEndAsync();
        Assert.Contains($"Content-Length: {length}", answer, StringComparison.Ordinal);
        Assert.True(answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..].Length < int.Parse(length, null));
        await stream.WasReset.Within();
    }

    [Fact]
    public async Task An_upgrade_is_answered_101_and_each_half_ends_on_its_own()
    {
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("GET /ws HTTP/1.1\r\nHost: a.test\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: echo\r\n\r\nearly");
        var stream = await _edge.Link.TakeAsync();

        Assert.Equal(TunnelStreamKind.WebSocket, stream.Kind);
        Assert.False(stream.EndStream);
        Assert.Equal("dGhlIHNhbXBsZSBub25jZQ==", stream.Field("sec-websocket-key"));
        Assert.Equal("echo", stream.Field("sec-websocket-protocol"));
        Assert.Null(stream.Field("sec-websocket-version"));
        Assert.Null(stream.Field("upgrade"));
        Assert.Null(stream.Field("connection"));

        stream.Answer(new TunnelResponse(101, ScriptedStream.ListOf(("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Content-Length", "5"), ("Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")), IsUpgrade: true));
        var head = await visitor.ReadHeadAsync();
        Assert.StartsWith("HTTP/1.1 101 ", head, StringComparison.Ordinal);
        Assert.Contains("\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", head, StringComparison.Ordinal);

        Assert.Equal("early", await stream.ReadAsync(5));
        await visitor.SendAsync("up");
        Assert.Equal("up", await stream.ReadAsync(2));
        await visitor.FinishAsync();
        Assert.Equal("", await stream.ReadBodyAsync());
        await stream.SendAsync("down");
        await stream.EndAsync();
        Assert.Equal("down", await visitor.ReadToEndAsync());
        await stream.WasDisposed.Within();
    }

    [Fact]
    public async Task Another_protocol_travels_to_a_connector_that_takes_it()
    {
        _edge.Link.TakesUpgrades = true;
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("GET / HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: Chat/2\r\nengine-upgrade: evil\r\n\r\n");
        var stream = await _edge.Link.TakeAsync();
        Assert.Equal(TunnelStreamKind.WebSocket, stream.Kind);
        Assert.Equal("Chat/2", stream.Field("engine-upgrade"));
        stream.Answer(new TunnelResponse(101, ScriptedStream.ListOf(("Upgrade", "Chat/2"), ("Connection", "Upgrade")), IsUpgrade: true));

        Assert.Contains("\r\nUpgrade: Chat/2\r\nConnection: Upgrade\r\n", await visitor.ReadHeadAsync(), StringComparison.Ordinal);
        await visitor.SendAsync("up");
        Assert.Equal("up", await stream.ReadAsync(2));
        await stream.SendAsync("down");
        Assert.Equal("down", await visitor.ReadUntilAsync("down"));
    }

    [Fact]
    public async Task Another_protocol_is_an_ordinary_request_to_a_connector_that_does_not_take_it()
    {
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("GET / HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n");
        var stream = await _edge.Link.TakeAsync();

        Assert.Equal(TunnelStreamKind.Http, stream.Kind);
        Assert.True(stream.EndStream);
        Assert.Null(stream.Field("engine-upgrade"));
    }

    [Fact]
    public async Task A_refused_upgrade_is_an_ordinary_answer()
    {
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("GET /ws HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
        var stream = await _edge.Link.TakeAsync();
        stream.Answer(403, ("Content-Length", "2"));
        await stream.SendAsync("no");
        await stream.EndAsync();

        Assert.StartsWith("HTTP/1.1 403 ", await visitor.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.Equal("no", await visitor.ReadUntilAsync("no"));
    }

    [Theory]
    [InlineData("POST / HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nContent-Length: 1\r\n\r\nx")]
    [InlineData("GET / HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a.test\r\nUpgrade: websocket\r\n\r\n")]
    [InlineData("GET / HTTP/1.0\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n")]
    public async Task Other_upgrades_are_passed_on_as_the_requests_they_are(string request)
    {
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync(request);
        var stream = await _edge.Link.TakeAsync();

        Assert.Equal(TunnelStreamKind.Http, stream.Kind);
        Assert.Null(stream.Field("upgrade"));
        Assert.Null(stream.Field("http2-settings"));
    }

    [Fact]
    public async Task An_early_answer_does_not_cut_the_body_that_is_still_coming()
    {
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 6\r\n\r\nabc");
        var stream = await _edge.Link.TakeAsync();
        stream.IsResponseEmpty = true;
        stream.Answer(200);
        await visitor.ReadHeadAsync();
        await visitor.SendAsync("def");
        Assert.Equal("abcdef", await stream.ReadBodyAsync());

        // And the connection goes on behind it.
        await visitor.SendAsync("GET /next HTTP/1.1\r\nHost: a.test\r\n\r\n");
        Assert.Equal("/next", (await _edge.Link.TakeAsync()).Field(":path"));
    }

    [Fact]
    public async Task An_absolute_target_is_taken_apart()
    {
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("GET http://a.test?x=1 HTTP/1.1\r\nHost: a.test\r\n\r\n");
        var stream = await _edge.Link.TakeAsync();

        Assert.Equal("a.test", stream.Field(":authority"));
        Assert.Equal("/?x=1", stream.Field(":path"));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _edge.DisposeAsync();

    private static List<string> Names(ScriptedStream stream)
    {
        var names = new List<string>();
        foreach (var field in stream.Head)
        {
            names.Add(System.Text.Encoding.Latin1.GetString(field.Name));
        }

        return names;
    }
}
