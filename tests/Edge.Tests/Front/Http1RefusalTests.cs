using Engine.Edge.Registry;
using Engine.Edge.Tests.Fakes;
using Engine.Edge.Tests.Requests;
using Engine.Testing;
using Microsoft.AspNetCore.Connections;

namespace Engine.Edge.Tests.Front;

public sealed class Http1RefusalTests : IAsyncLifetime
{
    private readonly EdgeFront _edge = new(new EdgeRoute("a.test", EdgeFront.Tunnel), new EdgeRoute("*", EdgeFront.Tunnel));

    public static TheoryData<string> Names() => [.. ForbiddenNames.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_forbidden_field_never_reaches_a_connector(string name)
    {
        var spellings = ForbiddenNames.SpellingsOf(name).ToList();
        var fields = string.Concat(spellings.Select(spelling => $"{spelling}: evil\r\n{spelling}: evil\r\n"));
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync($"POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n{fields}x: ok\r\n\r\n1\r\na\r\n0\r\n{fields}X-Sum: 1\r\n\r\n");
        var stream = await _edge.Link.TakeAsync();

        await stream.ReadBodyAsync();
        var trailers = await stream.RequestTrailers.Within();
        Assert.Equal("ok", stream.Field("x"));
        Assert.DoesNotContain("evil", stream.Head.ToString(), StringComparison.Ordinal);
        Assert.Equal("x-sum: 1\n", trailers.ToString());
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a.test\nX: y\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost:\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a.test\r\nHost: a.test\r\n\r\n", 400)]
    [InlineData("GET http://b.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n", 400)]
    [InlineData("GET http://u:p@a.test/ HTTP/1.1\r\nHost: a.test\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: u@a.test\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a.test, b.test\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a..test\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx", 400)]
    [InlineData("POST / HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501)]
    [InlineData("GET / HTTP/1.1\r\nHost: a.test\r\nBad Name: x\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost : a.test\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a.test\r\n folded: x\r\n\r\n", 400)]
    [InlineData("GET / HTTP/3.0\r\nHost: a.test\r\n\r\n", 505)]
    [InlineData("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 400)]
    [InlineData("CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n", 405)]
    [InlineData("TRACE / HTTP/1.1\r\nHost: a.test\r\n\r\n", 405)]
    [InlineData("GET / HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", 400)]
    [InlineData("GET / HTTP/1.1\r\nHost: a.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 8\r\n\r\n", 426)]
    [InlineData("GET / HTTP/1.1\r\nHost: a.test\r\nCDN-Loop: engine; loops=8\r\n\r\n", 508)]
    [InlineData("GET / HTTP/1.1\r\nHost: management.argotunnel.com\r\n\r\n", 404)]
    [InlineData("GET / HTTP/1.1\r\nHost: Management.Fed.Argotunnel.COM.:443\r\n\r\n", 404)]
    public async Task A_request_that_may_not_pass_is_answered_and_reaches_no_connector(string request, int status)
    {
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync(request);
        var head = await visitor.ReadHeadAsync();

        Assert.StartsWith($"HTTP/1.1 {status} ", head, StringComparison.Ordinal);
        Assert.Contains("\r\nengine-error: ", head, StringComparison.Ordinal);
        Assert.Contains("\r\ncf-ray: ", head, StringComparison.Ordinal);
        Assert.False(_edge.Link.HasOpened);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a.test\nX: y\r\n\r\n")]
    [InlineData("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a.test\r\n\r\n")]
    public async Task A_malformed_request_ends_the_connection(string request)
    {
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync(request);

        var all = await visitor.ReadToEndAsync();
        Assert.Equal(all.IndexOf("HTTP/1.1", StringComparison.Ordinal), all.LastIndexOf("HTTP/1.1 ", StringComparison.Ordinal));
        Assert.Contains("Connection: close", all, StringComparison.Ordinal);
        Assert.False(_edge.Link.HasOpened);
    }

    [Fact]
    public async Task Without_a_connector_the_answer_is_530_at_once()
    {
        _edge.Services.Registry.Remove(_edge.Link);
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("GET / HTTP/1.1\r\nHost: a.test\r\nAccept: text/html\r\n\r\n");

        var head = await visitor.ReadHeadAsync();
        Assert.StartsWith("HTTP/1.1 530 No Connector\r\n", head, StringComparison.Ordinal);
        Assert.Contains("\r\nengine-error: no-connector\r\n", head, StringComparison.Ordinal);
        Assert.Contains("text/html", head, StringComparison.Ordinal);
        Assert.DoesNotContain("Connection: close", head, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_own_answer_to_head_has_no_body_and_the_connection_goes_on()
    {
        _edge.Services.Registry.Remove(_edge.Link);
        await using var visitor = _edge.ConnectRaw();
        for (var round = 0; round < 2; round++)
        {
            await visitor.SendAsync("HEAD / HTTP/1.1\r\nHost: a.test\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 530 ", await visitor.ReadHeadAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_own_answer_to_a_body_that_nobody_reads_ends_the_connection_after_it_was_received()
    {
        _edge.Services.Registry.Remove(_edge.Link);
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 30\r\n\r\nabc");
        var all = await visitor.ReadToEndAsync();

        Assert.Contains("Connection: close", all, StringComparison.Ordinal);
        Assert.Contains("no-connector", all, StringComparison.Ordinal);
        await visitor.SendAsync("more");
        await visitor.FinishAsync();
        await _edge.AllOver();
    }

    [Theory]
    [InlineData(502, "origin-refused", 502, "origin-refused")]
    [InlineData(504, null, 504, "origin-timeout")]
    [InlineData(502, null, 502, "origin-failed")]
    public async Task A_failure_that_the_connector_reports_becomes_a_page_with_its_code(int status, string? code, int expected, string expectedCode)
    {
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
        var stream = await _edge.Link.TakeAsync();
        stream.Answer(new TunnelResponse(status, new(), IsFailure: true, ErrorCode: code));

        var head = await visitor.ReadHeadAsync();
        Assert.StartsWith($"HTTP/1.1 {expected} ", head, StringComparison.Ordinal);
        Assert.Contains($"\r\nengine-error: {expectedCode}\r\n", head, StringComparison.Ordinal);
        Assert.Contains($"\r\ncf-ray: {stream.Field("cf-ray")}\r\n", head, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X\r\nY", "v")]
    [InlineData("X", "v\r\nSet-Cookie: a")]
    [InlineData("X", "v\0")]
    [InlineData("X", "v\u0001")]
    [InlineData("X", "v\u007F")]
    [InlineData("X Y", "v")]
    [InlineData("", "v")]
    [InlineData("Content-Length", "1, 1")]
    [InlineData("Content-Length", "-1")]
    [InlineData("Content-Length", "99999999999999999999")]
    public async Task A_connector_cannot_write_into_the_visitors_framing(string name, string value)
    {
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
        var stream = await _edge.Link.TakeAsync();
        stream.Answer(200, (name, value));

        var head = await visitor.ReadHeadAsync();
        Assert.StartsWith("HTTP/1.1 502 ", head, StringComparison.Ordinal);
        Assert.Contains("tunnel-protocol-error", head, StringComparison.Ordinal);
        await stream.WasReset.Within();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(99)]
    [InlineData(101)]
    [InlineData(1000)]
    public async Task A_status_that_is_none_is_not_passed_on(int status)
    {
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
        var stream = await _edge.Link.TakeAsync();
        stream.Answer(new TunnelResponse(status, new(), IsUpgrade: status == 101));

        Assert.StartsWith("HTTP/1.1 502 ", await visitor.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fields_under_the_edges_own_names_do_not_come_out_of_a_tunnel()
    {
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
        var stream = await _edge.Link.TakeAsync();
        stream.IsResponseEmpty = true;
        stream.Answer(200, ("Engine-Error", "evil"), ("CF-Ray", "evil"), ("cf-cloudflared-x", "evil"), ("Connection", "X-Hop"), ("X-Hop", "evil"), ("Keep-Alive", "evil"));

        Assert.DoesNotContain("evil", await visitor.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connector_that_loses_the_stream_before_it_answers_is_a_502()
    {
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\n\r\nabc");
        var stream = await _edge.Link.TakeAsync();
        await stream.ReadBodyAsync();
        stream.Fail(new ConnectionResetException("reset"));

        Assert.Contains("tunnel-connection-lost", await visitor.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_connection_field_names_ends_here_but_not_what_frames_the_message()
    {
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("POST / HTTP/1.1\r\nHost: a.test\r\nConnection: x-hop, content-length, host, cf-ray, x-forwarded-for\r\nX-Hop: 1\r\nKeep-Alive: 1\r\nProxy-Connection: x\r\nTE: gzip, trailers\r\nContent-Length: 1\r\n\r\na");
        var stream = await _edge.Link.TakeAsync();

        Assert.Null(stream.Field("x-hop"));
        Assert.Null(stream.Field("keep-alive"));
        Assert.Null(stream.Field("proxy-connection"));
        Assert.Equal("trailers", stream.Field("te"));
        Assert.Equal("1", stream.Field("content-length"));
        Assert.Equal("203.0.113.7", stream.Field("x-forwarded-for"));
        Assert.NotNull(stream.Field("cf-ray"));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _edge.DisposeAsync();
}
