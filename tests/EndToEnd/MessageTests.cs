using System.Net;
using System.Text.Json;
using Engine.EndToEnd.Harness;
using Engine.Testing;

namespace Engine.EndToEnd;

/// <summary>The corners of HTTP that a transparent path keeps, seen by visitors who write octets.</summary>
[Collection(TunnelTests.Name)]
public sealed class MessageTests(TunnelFixture tunnel)
{
    [Fact]
    public async Task Head_keeps_the_length_and_sends_no_body()
    {
        var answer = await AskAsync("HEAD /bulk?mib=3 HTTP/1.1\r\nHost: node.test\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200 ", answer);
        Assert.Contains("content-length: 3145728\r\n", answer, StringComparison.OrdinalIgnoreCase);
        Assert.EndsWith("\r\n\r\n", answer);
    }

    [Theory]
    [InlineData(204)]
    [InlineData(304)]
    public async Task An_answer_without_body_leaves_the_connection_usable(int status)
    {
        using var visitor = await RawVisitor.ConnectAsync(tunnel.Port);
        await visitor.SendAsync($"GET /status?code={status} HTTP/1.1\r\nHost: node.test\r\n\r\n");
        var first = await visitor.ReadUntilAsync("\r\n\r\n");
        await visitor.SendAsync("GET /hello HTTP/1.1\r\nHost: node.test\r\nConnection: close\r\n\r\n");
        var second = (await visitor.ReadToEndAsync())[first.Length..];

        Assert.StartsWith($"HTTP/1.1 {status} ", first);
        Assert.Contains("x-kept: yes\r\n", first);
        Assert.DoesNotContain("transfer-encoding", first, StringComparison.OrdinalIgnoreCase);
        Assert.StartsWith("HTTP/1.1 200 ", second);
        Assert.Contains("hello\n", second);
    }

    [Theory]
    [InlineData("HEAD", "/bulk?mib=3", 200)]
    [InlineData("GET", "/status?code=204", 204)]
    [InlineData("GET", "/status?code=304", 304)]
    public async Task An_answer_without_body_ends_over_http2_too(string method, string target, int status)
    {
        using var client = Visitor.Http2(tunnel.Port);
        using var request = new HttpRequestMessage(new HttpMethod(method), "http://node.test" + target)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var answer = await client.SendAsync(request, Deadline.Token());

        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Early_hints_come_before_the_answer()
    {
        var answer = await AskAsync("GET /early-hints HTTP/1.1\r\nHost: node.test\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 103 ", answer);
        Assert.Contains("link: </style.css>; rel=preload; as=style\r\n\r\nHTTP/1.1 200 ", answer, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("after the hints\n", answer);
    }

    [Fact]
    public async Task Trailers_follow_the_body_over_http11()
    {
        var answer = await AskAsync("GET /trailers HTTP/1.1\r\nHost: node.test\r\nTE: trailers\r\nConnection: TE, close\r\n\r\n");

        Assert.Contains("transfer-encoding: chunked\r\n", answer, StringComparison.OrdinalIgnoreCase);
        Assert.EndsWith("\r\n0\r\nx-digest: abc\r\nx-empty: \r\n\r\n", answer);
    }

    [Fact]
    public async Task Trailers_follow_the_body_over_http2()
    {
        using var client = Visitor.Http2(tunnel.Port);
        using var answer = await client.GetAsync("http://node.test/trailers", Deadline.Token());

        Assert.Equal("body and trailers\n", await answer.Content.ReadAsStringAsync());
        Assert.Equal(["abc"], answer.TrailingHeaders.GetValues("x-digest"));
    }

    [Fact]
    public async Task A_visitors_trailers_reach_the_origin_and_its_internal_fields_among_them_do_not()
    {
        var answer = await AskAsync(
            "POST /digest HTTP/1.1\r\nHost: node.test\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n" +
            "3\r\nabc\r\n0\r\nX-Checksum: 7\r\nCf-Cloudflared-Proxy-Src: 10.0.0.1\r\ncf_connecting_ip: 10.0.0.1\r\n\r\n");

        Assert.Contains("\"length\":3", answer);
        Assert.Contains("\"trailers\":[\"x-checksum\",\"7\"]", answer, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task An_expectation_is_met_by_the_origin_before_the_body_is_sent()
    {
        using var visitor = await RawVisitor.ConnectAsync(tunnel.Port);
        await visitor.SendAsync(
            "POST /digest HTTP/1.1\r\nHost: node.test\r\nContent-Length: 5\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 100 ", await visitor.ReadUntilAsync("\r\n\r\n"));
        await visitor.SendAsync("hello");

        Assert.Contains("\"length\":5", await visitor.ReadToEndAsync());
    }

    [Fact]
    public async Task A_refused_expectation_is_answered_without_the_body()
    {
        using var visitor = await RawVisitor.ConnectAsync(tunnel.Port);
        await visitor.SendAsync(
            "POST /digest?refuse HTTP/1.1\r\nHost: node.test\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 417 ", await visitor.ReadUntilAsync("no\n"));
    }

    [Fact]
    public async Task Fields_reach_the_origin_as_they_were()
    {
        var answer = await AskAsync(
            "GET /fields?a=%2F..&b=%C3%A9 HTTP/1.1\r\nHost: node.test\r\nX-Twice: 1\r\nX-Twice: 2\r\nX-Bytes: \xE9\xFF\r\nX-Empty:\r\n" +
            "Cookie: a=1; b=2\r\nX-Hop: gone\r\nConnection: close, X-Hop\r\n\r\n");
        using var seen = JsonDocument.Parse(answer[answer.IndexOf('{')..(answer.LastIndexOf('}') + 1)]);
        var fields = seen.RootElement.GetProperty("fields").EnumerateArray().Select(item => item.GetString()!).Chunk(2)
            .ToLookup(pair => pair[0].ToLowerInvariant(), pair => pair[1]);

        Assert.Equal("/fields?a=%2F..&b=%C3%A9", seen.RootElement.GetProperty("target").GetString());
        Assert.Equal(["1", "2"], fields["x-twice"]);
        Assert.Equal([""], fields["x-empty"]);
        Assert.Equal(["a=1; b=2"], fields["cookie"]);
        Assert.Equal(["node.test"], fields["host"]);
        Assert.Empty(fields["x-hop"]);
        Assert.Empty(fields["user-agent"]);
        Assert.Empty(fields["accept-encoding"]);

        // Node hands Latin-1 on as text, and the answer carries that text as UTF-8.
        Assert.Equal(["\u00C3\u00A9\u00C3\u00BF"], fields["x-bytes"]);
    }

    [Theory]
    [InlineData("CF-Connecting-IP")]
    [InlineData("cf_connecting_ip")]
    [InlineData("Cf-Warp-Tag-Id")]
    [InlineData("Cf-Cloudflared-Proxy-Src")]
    [InlineData("cf-cloudflared_proxy_connection-upgrade")]
    [InlineData("Cf-Trace-Id")]
    public async Task A_field_that_only_the_edge_may_set_is_taken_from_the_visitor(string name)
    {
        var answer = await AskAsync(
            $"GET /fields HTTP/1.1\r\nHost: node.test\r\n{name}: forged-value\r\n{name}: forged-value\r\nConnection: close\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200 ", answer);
        Assert.DoesNotContain("forged-value", answer);
    }

    [Fact]
    public async Task Pipelined_requests_are_answered_in_order()
    {
        var answer = await AskAsync(
            "GET /slow?ms=200 HTTP/1.1\r\nHost: node.test\r\n\r\nGET /hello HTTP/1.1\r\nHost: node.test\r\nConnection: close\r\n\r\n");

        Assert.True(answer.IndexOf("slow\n", StringComparison.Ordinal) < answer.IndexOf("hello\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_visitor_who_has_ended_its_half_still_gets_its_answer()
    {
        using var visitor = await RawVisitor.ConnectAsync(tunnel.Port);
        await visitor.SendAsync("GET /slow?ms=300 HTTP/1.1\r\nHost: node.test\r\n\r\n");
        visitor.Finish();

        Assert.Contains("slow\n", await visitor.ReadToEndAsync());
    }

    [Fact]
    public async Task A_request_that_comes_round_is_counted_and_refused()
    {
        Assert.StartsWith("HTTP/1.1 508 ", await AskAsync("GET / HTTP/1.1\r\nHost: loop.test\r\nConnection: close\r\n\r\n"));
    }

    [Theory]
    [InlineData("nobody.example")]
    [InlineData("management.argotunnel.com")]
    public async Task A_host_without_route_is_not_found(string host)
    {
        Assert.StartsWith("HTTP/1.1 404 ", await AskAsync($"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"));
    }

    private Task<string> AskAsync(string request) => RawVisitor.AskAsync(tunnel.Port, request);
}
