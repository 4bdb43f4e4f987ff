using System.Text;
using Engine.Edge.Registry;
using Engine.Edge.Tests.Fakes;
using Engine.Edge.Tests.Requests;
using Engine.Http2;
using Engine.Testing;
using Engine.Tunnels;
using Engine.WebSockets;
using Microsoft.AspNetCore.Connections;

namespace Engine.Edge.Tests.Front;

public sealed class Http2FrontTests : IAsyncLifetime
{
    private readonly EdgeFront _edge = new(new EdgeRoute("a.test", EdgeFront.Tunnel), new EdgeRoute("*", EdgeFront.Tunnel));
    private Http2Client _visitor = null!;

    public static TheoryData<string> Names() => [.. ForbiddenNames.Names];

    [Fact]
    public async Task A_request_goes_in_and_its_answer_comes_out_in_lower_case()
    {
        var request = await _visitor.GetAsync("/p?q=1", ("user-agent", "x"), ("cookie", "a=1"), ("cookie", "b=2"));
        var stream = await _edge.Link.TakeAsync();
        Assert.Equal(TunnelStreamKind.Http, stream.Kind);
        Assert.True(stream.EndStream);
        Assert.Equal("/p?q=1", stream.Field(":path"));
        Assert.Equal("a.test", stream.Field(":authority"));
        Assert.Equal("203.0.113.7", stream.Field("cf-connecting-ip"));
        stream.Answer(200, ("X-Case", "Kept"), ("Connection", "close"), ("Keep-Alive", "1"));
        await stream.SendAsync("hello");
        stream.Trailers = ScriptedStream.ListOf(("Grpc-Status", "0"));
        await stream.EndAsync();

        var head = await request.ReadHeadAsync().Within();
        Assert.Equal("200", head.GetString(":status"u8));
        Assert.Equal("x-case", Encoding.ASCII.GetString(head[head.IndexOf("x-case"u8)].Name));
        Assert.False(head.Contains("connection"u8));
        Assert.False(head.Contains("keep-alive"u8));
        Assert.Equal(stream.Field("cf-ray"), head.GetString("cf-ray"u8));
        Assert.Equal("hello", await Http2Client.ReadToEndAsync(request));
        Assert.Equal("grpc-status: 0\n", request.Trailers!.ToString());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_forbidden_field_never_reaches_a_connector(string name)
    {
        // HTTP/2 refuses capitals by itself, so the forms left are those with an underscore.
        var spellings = ForbiddenNames.SpellingsOf(name).Where(spelling => spelling == spelling.ToLowerInvariant()).ToList();
        (string, string)[] fields = [.. spellings.SelectMany(spelling => new[] { (spelling, "evil"), (spelling, "evil") })];
        var request = await _visitor.OpenAsync("POST", "/", endStream: false, [.. fields, ("x", "ok")]);
        await Http2Client.SendAsync(request, "a");
        request.WriteTrailers(ScriptedStream.ListOf([.. fields, ("x-sum", "1")]));
        await request.Transport.Output.FlushAsync().Within();
        var stream = await _edge.Link.TakeAsync();

        Assert.Equal("a", await stream.ReadBodyAsync());
        var trailers = await stream.RequestTrailers.Within();
        Assert.Equal("ok", stream.Field("x"));
        Assert.DoesNotContain("evil", stream.Head.ToString(), StringComparison.Ordinal);
        Assert.Equal("x-sum: 1\n", trailers.ToString());
    }

    [Fact]
    public async Task A_body_streams_up_and_parts_of_the_answer_come_down_at_once()
    {
        var request = await _visitor.OpenAsync("POST", "/", endStream: false);
        await Http2Client.SendAsync(request, "abc");
        var stream = await _edge.Link.TakeAsync();
        Assert.Equal("abc", await stream.ReadAsync(3));
        stream.Answer(103, ("link", "x"));
        Assert.Equal("103", await Http2Client.StatusOf(request));
        stream.Answer(200);
        Assert.Equal("200", await Http2Client.StatusOf(request));
        await stream.SendAsync("one");
        Assert.Equal("one", await Http2Client.ReadAsync(request, 3));
        await Http2Client.SendAsync(request, "def");
        Assert.Equal("def", await stream.ReadAsync(3));
        await stream.SendAsync("two");
        Assert.Equal("two", await Http2Client.ReadAsync(request, 3));
        await request.Transport.Output.CompleteAsync().Within();
        Assert.Equal("", await stream.ReadBodyAsync());
        await stream.EndAsync();
        Assert.Equal("", await Http2Client.ReadToEndAsync(request));
        await stream.WasDisposed.Within();
    }

    [Fact]
    public async Task Requests_run_beside_each_other()
    {
        var first = await _visitor.GetAsync("/1");
        var second = await _visitor.GetAsync("/2");
        var one = await _edge.Link.TakeAsync();
        var two = await _edge.Link.TakeAsync();
        Assert.Equal("/1", one.Field(":path"));
        Assert.Equal("/2", two.Field(":path"));

        two.IsResponseEmpty = true;
        two.Answer(200);
        Assert.Equal("200", await Http2Client.StatusOf(second));
        one.IsResponseEmpty = true;
        one.Answer(404);
        Assert.Equal("404", await Http2Client.StatusOf(first));
    }

    [Fact]
    public async Task A_visitors_reset_resets_the_stream_in_the_tunnel_and_no_other()
    {
        var first = await _visitor.GetAsync("/1");
        var second = await _visitor.GetAsync("/2");
        var one = await _edge.Link.TakeAsync();
        var two = await _edge.Link.TakeAsync();
        first.Reset(Http2ErrorCode.Cancel);

        await one.WasReset.Within();
        await one.WasDisposed.Within();
        two.IsResponseEmpty = true;
        two.Answer(200);
        Assert.Equal("200", await Http2Client.StatusOf(second));
        Assert.False(two.WasReset.IsCompleted);
    }

    [Fact]
    public async Task A_stream_that_breaks_inside_the_answer_is_a_reset_for_the_visitor()
    {
        var request = await _visitor.GetAsync("/");
        var stream = await _edge.Link.TakeAsync();
        stream.Answer(200);
        await stream.SendAsync("part");
        await Http2Client.StatusOf(request);
        await Http2Client.ReadAsync(request, 4);
        stream.Fail(new ConnectionResetException("reset"));

        var reset = await Assert.ThrowsAsync<Http2StreamResetException>(() => Http2Client.ReadToEndAsync(request));
        Assert.Equal(Http2ErrorCode.InternalError, reset.ErrorCode);
    }

    [Fact]
    public async Task A_key_that_came_with_extended_connect_is_not_sent_beside_the_edges_own()
    {
        var head = ScriptedStream.ListOf(
            (":method", "CONNECT"), (":protocol", "websocket"), (":scheme", "http"), (":authority", "a.test"), (":path", "/chat"),
            ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="), ("sec-websocket-version", "13"));
        await _visitor.OpenAsync(head, endStream: false);
        var stream = await _edge.Link.TakeAsync();

        var index = stream.Head.IndexOf("sec-websocket-key"u8);
        Assert.NotEqual("dGhlIHNhbXBsZSBub25jZQ==", stream.Field("sec-websocket-key"));
        Assert.Equal(-1, stream.Head.IndexOf("sec-websocket-key"u8, index + 1));
    }

    [Fact]
    public async Task Extended_connect_becomes_a_get_with_a_key_of_the_edges_own()
    {
        var head = ScriptedStream.ListOf(
            (":method", "CONNECT"), (":protocol", "websocket"), (":scheme", "http"), (":authority", "a.test"), (":path", "/chat"),
            ("sec-websocket-version", "13"), ("sec-websocket-protocol", "echo"));
        var request = await _visitor.OpenAsync(head, endStream: false);
        var stream = await _edge.Link.TakeAsync();
        Assert.Equal(TunnelStreamKind.WebSocket, stream.Kind);
        Assert.Equal("GET", stream.Field(":method"));
        Assert.Null(stream.Field(":protocol"));
        Assert.Null(stream.Field("sec-websocket-version"));
        Assert.Equal("echo", stream.Field("sec-websocket-protocol"));
        var key = stream.Field("sec-websocket-key")!;
        Assert.True(WebSocketHandshake.IsValidKey(Encoding.ASCII.GetBytes(key)));

        stream.Answer(Accepting(key));
        var answer = await request.ReadHeadAsync().Within();
        Assert.Equal("200", answer.GetString(":status"u8));
        Assert.Equal("echo", answer.GetString("sec-websocket-protocol"u8));
        Assert.False(answer.Contains("sec-websocket-accept"u8));
        Assert.False(answer.Contains("upgrade"u8));

        await Http2Client.SendAsync(request, "up");
        Assert.Equal("up", await stream.ReadAsync(2));
        await request.Transport.Output.CompleteAsync().Within();
        Assert.Equal("", await stream.ReadBodyAsync());
        await stream.SendAsync("down");
        await stream.EndAsync();
        Assert.Equal("down", await Http2Client.ReadToEndAsync(request));
    }

    [Fact]
    public async Task An_accept_for_another_key_is_a_502()
    {
        var head = ScriptedStream.ListOf((":method", "CONNECT"), (":protocol", "websocket"), (":scheme", "http"), (":authority", "a.test"), (":path", "/"));
        var request = await _visitor.OpenAsync(head, endStream: false);
        var stream = await _edge.Link.TakeAsync();
        stream.Answer(Accepting("dGhlIHNhbXBsZSBub25jZQ=="));

        var answer = await request.ReadHeadAsync().Within();
        Assert.Equal("502", answer.GetString(":status"u8));
        Assert.Equal("websocket-accept-mismatch", answer.GetString("engine-error"u8));
    }

    [Theory]
    [InlineData("GET", "a.test", "/", "host", "b.test", "400")]
    [InlineData("GET", "u@a.test", "/", "x", "y", "400")]
    [InlineData("GET", "u:p@a.test", "/", "host", "u:p@a.test", "400")]
    [InlineData("GET", "a.test", "/", "host", "a.test:81", "400")]
    [InlineData("GET", "a.test", "/", "host", "", "400")]
    [InlineData("GET", "", "/", "x", "y", "400")]
    [InlineData("GET", "", "/", "host", "u@a.test", "400")]
    [InlineData("GET", "a.test", "x", "x", "y", "400")]
    [InlineData("GET", "a.test", "http://a.test/", "x", "y", "400")]
    [InlineData("GET", "a.test", "*/", "x", "y", "400")]
    [InlineData("GET", "a.test", "/", "x y", "y", "malformed")]
    [InlineData("GET", "a.test", "/", "connection", "close", "malformed")]
    [InlineData("GET", "a.test", "", "x", "y", "malformed")]
    [InlineData("GET", "a..test", "/", "x", "y", "400")]
    [InlineData("GET", "a.test", "*", "x", "y", "400")]
    [InlineData("GET", "a.test", "/a#b", "x", "y", "400")]
    [InlineData("TRACE", "a.test", "/", "x", "y", "405")]
    [InlineData("GET", "a.test", "/", "cdn-loop", "engine; loops=9", "508")]
    [InlineData("GET", "management.argotunnel.com", "/", "x", "y", "404")]
    [InlineData("GET", "a.test", "/", "host", "A.test", null)]
    [InlineData("OPTIONS", "a.test", "*", "x", "y", null)]
    public async Task A_request_that_may_not_pass_is_answered_and_reaches_no_connector(
        string method, string authority, string path, string name, string value, string? status)
    {
        var request = await _visitor.OpenAsync(
            ScriptedStream.ListOf((":method", method), (":scheme", "http"), (":authority", authority), (":path", path), (name, value)), endStream: true);
        if (status is null)
        {
            Assert.Equal(path, (await _edge.Link.TakeAsync()).Field(":path"));
            return;
        }

        if (status == "malformed")
        {
            // RFC 9113 §8.1.1: what HTTP/2 itself cannot carry is refused before it is a request.
            var reset = await Assert.ThrowsAsync<Http2StreamResetException>(() => Http2Client.StatusOf(request));
            Assert.Equal(Http2ErrorCode.ProtocolError, reset.ErrorCode);
            Assert.False(_edge.Link.HasOpened);
            return;
        }

        Assert.Equal(status, await Http2Client.StatusOf(request));
        Assert.Contains("Trace id", await Http2Client.ReadToEndAsync(request), StringComparison.Ordinal);
        Assert.False(_edge.Link.HasOpened);
    }

    [Fact]
    public async Task Two_host_fields_are_answered_400_and_the_connection_goes_on()
    {
        var head = ScriptedStream.ListOf((":method", "GET"), (":scheme", "http"), (":authority", "a.test"), (":path", "/"), ("host", "a.test"), ("host", "a.test"));
        var request = await _visitor.OpenAsync(head, endStream: true);
        Assert.Equal("400", await Http2Client.StatusOf(request));
        Assert.Contains("bad-request", await Http2Client.ReadToEndAsync(request), StringComparison.Ordinal);
        Assert.False(_edge.Link.HasOpened);

        await _visitor.GetAsync("/next");
        Assert.Equal("/next", (await _edge.Link.TakeAsync()).Field(":path"));
    }

    [Fact]
    public async Task Extended_connect_to_a_faulty_target_is_answered_400()
    {
        var head = ScriptedStream.ListOf((":method", "CONNECT"), (":protocol", "websocket"), (":scheme", "http"), (":authority", "u@a.test"), (":path", "/"));
        var request = await _visitor.OpenAsync(head, endStream: false);

        Assert.Equal("400", await Http2Client.StatusOf(request));
        Assert.False(_edge.Link.HasOpened);
    }

    [Fact]
    public async Task Without_a_connector_the_answer_is_530()
    {
        _edge.Services.Registry.Remove(_edge.Link);
        var request = await _visitor.OpenAsync("POST", "/", endStream: false);

        Assert.Equal("530", await Http2Client.StatusOf(request));
        Assert.Contains("no-connector", await Http2Client.ReadToEndAsync(request), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stalled_visitor_holds_its_own_stream_only()
    {
        var stalled = await _visitor.GetAsync("/stalled");
        var full = await _edge.Link.TakeAsync();
        full.Answer(200);
        var flood = Task.Run(async () =>
        {
            var piece = new byte[64 * 1024];
            for (var i = 0; i < 1024; i++)
            {
                await full.Connector.Transport.Output.WriteAsync(piece);
            }
        });
        await Http2Client.StatusOf(stalled);

        var quick = await _visitor.GetAsync("/quick");
        var stream = await _edge.Link.TakeAsync();
        stream.Answer(200);
        await stream.SendAsync("ok");
        await stream.EndAsync();
        Assert.Equal("200", await Http2Client.StatusOf(quick));
        Assert.Equal("ok", await Http2Client.ReadToEndAsync(quick));
        Assert.False(flood.IsCompleted);
        stalled.Reset(Http2ErrorCode.Cancel);
        await full.WasReset.Within();
    }

    [Fact]
    public async Task Draining_lets_the_running_request_end_and_then_closes()
    {
        var request = await _visitor.GetAsync("/");
        var stream = await _edge.Link.TakeAsync();
        _edge.Services.Stop();
        _edge.Server.Drain();
        stream.Answer(200);
        await stream.SendAsync("ok");
        await stream.EndAsync();

        Assert.Equal("200", await Http2Client.StatusOf(request));
        Assert.Equal("ok", await Http2Client.ReadToEndAsync(request));
        Assert.True((await _visitor.Ended).IsClean);
        await _edge.AllOver();
    }

    public Task InitializeAsync()
    {
        _visitor = new Http2Client(_edge.Connect());
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _visitor.DisposeAsync();
        await _edge.DisposeAsync();
    }

    private static TunnelResponse Accepting(string key)
    {
        var accept = new byte[WebSocketHandshake.AcceptLength];
        WebSocketHandshake.WriteAccept(Encoding.ASCII.GetBytes(key), accept);
        var fields = ScriptedStream.ListOf(("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", Encoding.ASCII.GetString(accept)), ("Sec-WebSocket-Protocol", "echo"));
        return new TunnelResponse(101, fields, IsUpgrade: true);
    }
}
