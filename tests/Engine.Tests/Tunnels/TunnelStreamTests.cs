using System.Text;
using Engine.Http2;
using Engine.Testing;
using Engine.Tunnels;

namespace Engine.Tests.Tunnels;

public class TunnelStreamTests
{
    [Fact]
    public async Task A_request_and_its_response_cross_the_tunnel()
    {
        await using var pair = await TunnelPair.CreateAsync();
        var (edge, stream, feature) = await pair.OpenAsync(fields: [("content-length", "5"), ("x-a", "1"), ("X-A", "2"), ("host", "other")]);
        Assert.Equal(("GET", "/a%2Fb?q=1", "app.example"), (Text(feature.Method), Text(feature.Target), Text(feature.Authority)));
        Assert.Equal("content-length: 5\nx-a: 1\nx-a: 2\n", feature.RequestFields.ToString());
        Assert.Equal((TunnelStreamKind.Http, true, 5L, 2), (feature.Kind, feature.HasBody, feature.ContentLength!.Value, feature.ConnectionIndex));

        await edge.Transport.SendAsync("hello");
        await edge.Transport.EndAsync();
        Assert.Equal("hello", await stream.Transport.ReadToEndAsync());
        feature.WriteResponse(201, TunnelPair.Fields(("Content-Type", "text/plain"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")));
        Assert.True(feature.ResponseStarted);
        await stream.Transport.SendAsync("world");
        await stream.Transport.EndAsync();

        var response = await edge.ReadResponseAsync().Within();
        Assert.Equal((201, ResponseSource.Origin), (response.Status, response.Source));
        Assert.Equal("Content-Type: text/plain\nSet-Cookie: a=1\nSet-Cookie: b=2\n", response.Fields.ToString());
        Assert.Equal("world", await edge.Transport.ReadToEndAsync());
        Assert.Null(edge.Trailers);
        await stream.DisposeAsync();
        await edge.DisposeAsync();
        Assert.Equal(0, pair.Edge.ActiveStreams);
    }

    [Fact]
    public async Task A_request_without_body_says_so()
    {
        await using var pair = await TunnelPair.CreateAsync();
        var (_, _, feature) = await pair.OpenAsync(endStream: true);
        Assert.False(feature.HasBody);
        Assert.Null(feature.ContentLength);
    }

    [Fact]
    public async Task Cookie_crumbs_are_joined_where_the_first_one_stood()
    {
        await using var pair = await TunnelPair.CreateAsync();
        var (_, _, feature) = await pair.OpenAsync(endStream: true, fields: [("a", "1"), ("cookie", "x=1"), ("b", "2"), ("cookie", "y=2"), ("cookie", "z=3")]);
        Assert.Equal("x=1; y=2; z=3", feature.RequestFields.GetString("cookie"u8));
        Assert.Equal("a: 1\ncookie: (sensitive)\nb: 2\n", feature.RequestFields.ToString());
    }

    [Fact]
    public async Task What_belongs_to_the_tunnel_never_crosses_it_for_a_visitor()
    {
        await using var pair = await TunnelPair.CreateAsync();
        var (_, _, feature) = await pair.OpenAsync(endStream: true, fields:
        [
            ("cf-cloudflared-proxy-src", "192.0.2.1"), ("CF-Cloudflared-Proxy-Connection-Upgrade", "update-configuration"), ("cf-trace-id", "t"),
            ("Connection", "x-hop"), ("x-hop", "1"), ("upgrade", "h2c"), ("te", "trailers"), ("keep-alive", "1"), ("x-kept", "1"),
        ]);
        Assert.Equal(TunnelStreamKind.Http, feature.Kind);
        Assert.Equal("te: trailers\nx-kept: 1\n", feature.RequestFields.ToString());
    }

    [Fact]
    public async Task Trailers_cross_the_tunnel_both_ways()
    {
        await using var pair = await TunnelPair.CreateAsync();
        var (edge, stream, feature) = await pair.OpenAsync();
        edge.WriteTrailers(TunnelPair.Fields(("x-sum", "1")));
        await stream.Transport.ReadToEndAsync();
        Assert.Equal("x-sum: 1\n", feature.RequestTrailers!.ToString());

        feature.WriteResponse(200, TunnelPair.Fields());
        await stream.Transport.SendAsync("body");
        feature.WriteTrailers(TunnelPair.Fields(("grpc-status", "0")));
        await edge.ReadResponseAsync().Within();
        Assert.Equal("body", await edge.Transport.ReadToEndAsync());
        Assert.Equal("grpc-status: 0\n", edge.Trailers!.ToString());
    }

    [Fact]
    public async Task A_websocket_becomes_a_byte_pipe_whose_halves_end_on_their_own()
    {
        await using var pair = await TunnelPair.CreateAsync();
        var (edge, stream, feature) = await pair.OpenAsync(TunnelStreamKind.WebSocket, fields: [("sec-websocket-key", "k"), ("sec-websocket-version", "13")]);
        Assert.Equal(TunnelStreamKind.WebSocket, feature.Kind);
        Assert.Equal("sec-websocket-key: k\n", feature.RequestFields.ToString());
        feature.WriteResponse(101, TunnelPair.Fields(("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", "a")));
        var response = await edge.ReadResponseAsync().Within();
        Assert.Equal((101, true), (response.Status, response.IsUpgrade));
        await edge.Transport.SendAsync("up");
        Assert.Equal("up", await stream.Transport.ReadAsync(2));
        await edge.Transport.EndAsync();
        Assert.Equal("", await stream.Transport.ReadToEndAsync());
        await stream.Transport.SendAsync("down");
        await stream.Transport.EndAsync();
        Assert.Equal("down", await edge.Transport.ReadToEndAsync());
    }

    [Fact]
    public async Task A_tcp_stream_names_its_destination_and_needs_its_visitor()
    {
        await using var pair = await TunnelPair.CreateAsync();
        var head = TunnelPair.Head();
        await Assert.ThrowsAsync<ArgumentException>(() => pair.Edge.OpenAsync(TunnelStreamKind.Tcp, head, false).Within());
        await Assert.ThrowsAsync<ArgumentException>(() => pair.Edge.OpenAsync(TunnelStreamKind.Tcp, head, true).Within());
        var (edge, _, feature) = await pair.OpenAsync(TunnelStreamKind.Tcp, fields: ("cf-cloudflared-proxy-src", "192.0.2.1"));
        Assert.Equal((TunnelStreamKind.Tcp, "app.example"), (feature.Kind, Text(feature.Authority)));
        feature.WriteResponse(200, TunnelPair.Fields());
        Assert.True((await edge.ReadResponseAsync().Within()).IsUpgrade);
        Assert.Equal(1, pair.Edge.ActiveStreams);
    }

    [Fact]
    public async Task Interim_responses_come_before_the_final_one()
    {
        await using var pair = await TunnelPair.CreateAsync();
        var (edge, _, feature) = await pair.OpenAsync(endStream: true);
        feature.WriteInformational(103, TunnelPair.Fields(("Link", "</a>")));
        var response = await edge.ReadResponseAsync().Within();
        Assert.Equal((103, true, "Link: </a>\n"), (response.Status, response.IsInformational, response.Fields.ToString()));
        feature.WriteResponse(204, TunnelPair.Fields(), endStream: true);
        response = await edge.ReadResponseAsync().Within();
        Assert.Equal((204, false, 0), (response.Status, response.IsInformational, response.Fields.Count));
        Assert.True(edge.IsResponseEmpty);
        Assert.Throws<ArgumentOutOfRangeException>(() => feature.WriteInformational(101, TunnelPair.Fields()));
        Assert.Throws<ArgumentOutOfRangeException>(() => feature.WriteResponse(199, TunnelPair.Fields()));
        Assert.Throws<InvalidOperationException>(() => feature.WriteResponse(200, TunnelPair.Fields()));
    }

    [Fact]
    public async Task An_edge_that_announces_nothing_gets_the_original_protocol()
    {
        await using var pair = await TunnelPair.CreateAsync(edgeOptions: new EdgeTunnelOptions { Features = [] });
        Assert.Empty(pair.Connector.EdgeFeatures);
        Assert.DoesNotContain(pair.Edge.Registration.Features, name => name.StartsWith("engine/", StringComparison.Ordinal));
        var (edge, _, feature) = await pair.OpenAsync(endStream: true);
        feature.WriteInformational(103, TunnelPair.Fields());
        feature.Fail(new StreamFailure("origin-refused", 502, "connection refused", null));
        var response = await edge.ReadResponseAsync().Within();
        Assert.Equal((502, ResponseSource.Connector, null), (response.Status, response.Source, response.ErrorCode));
    }

    [Fact]
    public async Task A_failure_before_the_head_is_an_answer_with_a_code_and_without_body()
    {
        await using var pair = await TunnelPair.CreateAsync();
        Assert.True(pair.Edge.HasExtension(TunnelFeatures.ErrorCodes));
        var (edge, stream, feature) = await pair.OpenAsync();
        feature.Fail(new StreamFailure("origin-timeout", 504, "no answer", new TimeoutException()));
        await stream.DisposeAsync();
        var response = await edge.ReadResponseAsync().Within();
        Assert.Equal((504, ResponseSource.Connector, "origin-timeout", 0), (response.Status, response.Source, response.ErrorCode, response.Fields.Count));
        Assert.Equal("", await edge.Transport.ReadToEndAsync());
    }

    [Fact]
    public async Task A_failure_is_logged_with_the_ray_that_the_visitor_sees_and_the_host()
    {
        var log = new LogLines();
        await using var pair = await TunnelPair.CreateAsync(new TunnelConnectionOptions { LoggerFactory = log });
        var (edge, stream, feature) = await pair.OpenAsync(fields: ("cf-ray", "0123456789abcdef-EDGE"));
        feature.Fail(new StreamFailure("origin-refused", 502, "connection refused", null));
        await edge.ReadResponseAsync().Within();
        await stream.DisposeAsync();
        Assert.Contains(log.Lines, line => line.Contains("ray=0123456789abcdef-EDGE host=app.example code=origin-refused", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_failure_after_the_head_is_a_reset_so_that_nothing_looks_complete()
    {
        await using var pair = await TunnelPair.CreateAsync();
        var (edge, stream, feature) = await pair.OpenAsync(endStream: true);
        feature.WriteResponse(200, TunnelPair.Fields());
        await stream.Transport.SendAsync("half");
        await edge.ReadResponseAsync().Within();
        feature.Fail(new StreamFailure("origin-reset", 502, "reset", null));
        var error = await Assert.ThrowsAsync<Http2StreamResetException>(() => edge.Transport.ReadToEndAsync());
        Assert.Equal(Http2ErrorCode.InternalError, error.ErrorCode);
    }

    [Fact]
    public async Task A_visitor_who_leaves_resets_the_connectors_stream()
    {
        await using var pair = await TunnelPair.CreateAsync();
        var (edge, stream, _) = await pair.OpenAsync();
        edge.Reset();
        await edge.DisposeAsync();
        await Assert.ThrowsAsync<Http2StreamResetException>(() => stream.Transport.ReadToEndAsync());
        Assert.Equal(0, pair.Edge.ActiveStreams);
    }

    private static string Text(ReadOnlySpan<byte> octets) => Encoding.Latin1.GetString(octets);
}
