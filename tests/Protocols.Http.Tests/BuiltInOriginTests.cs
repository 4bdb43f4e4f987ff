using Engine.Origins;
using Engine.Protocols.Http.HelloWorld;
using Engine.Testing;

namespace Engine.Protocols.Http.Tests;

public sealed class BuiltInOriginTests
{
    [Theory]
    [InlineData("http_status:404", 404)]
    [InlineData("http_status:200", 200)]
    [InlineData("http_status:999", 999)]
    public async Task A_fixed_status_is_answered_without_a_body_and_without_a_dial(string service, int status)
    {
        await using var origin = new ScriptedOrigin(service: service);
        var stream = new FakeTunnelStream("POST", hasBody: true);
        await origin.Handle(stream).Within();
        Assert.Equal((status, "", true), (stream.Status, stream.Fields, stream.HasNoBody));
        Assert.Equal(0, origin.Dials);
    }

    [Fact]
    public async Task A_fixed_status_that_is_none_of_a_final_answer_fails()
    {
        await using var origin = new ScriptedOrigin(service: "http_status:101");
        var stream = new FakeTunnelStream();
        await origin.Handle(stream).Within();
        Assert.Equal(502, stream.Failure?.Status);
    }

    [Fact]
    public async Task A_rule_that_asks_for_a_token_is_closed()
    {
        await using var origin = new ScriptedOrigin(new OriginOptions { Access = new AccessOptions(true, "team", ["tag"], null) });
        var stream = new FakeTunnelStream();
        await origin.Handle(stream).Within();
        Assert.Equal((403, 0), (stream.Status, origin.Dials));
    }

    [Theory]
    [InlineData("/", 200, "text/html", "&lt;script&gt;")]
    [InlineData("/_health", 200, "text/plain", "ok")]
    [InlineData("/uptime?x", 200, "application/json", "\"uptime\":\"0s\"")]
    [InlineData("/nothing", 404, "text/plain", "/uptime")]
    public async Task Hello_world_answers(string target, int status, string type, string text)
    {
        await using var origin = new ScriptedOrigin(service: "hello_world");
        var stream = new FakeTunnelStream(target: target).With("x-evil", "<script>");
        var handling = origin.Handle(stream);
        var body = await stream.Visitor.ReadToEndAsync();
        await handling.Within();
        Assert.Equal(status, stream.Status);
        Assert.Contains(type, stream.Fields);
        Assert.Contains($"Content-Length: {body.Length}\n", stream.Fields);
        Assert.Contains(text, body);
        Assert.DoesNotContain("<script>", body);
    }

    [Fact]
    public async Task Hello_world_answers_HEAD_without_a_body()
    {
        await using var origin = new ScriptedOrigin(service: "hello_world");
        var stream = new FakeTunnelStream("HEAD");
        await origin.Handle(stream).Within();
        Assert.True(stream.HasNoBody);
    }

    [Fact]
    public async Task Hello_world_counts_in_events_until_the_visitor_leaves()
    {
        await using var origin = new ScriptedOrigin(service: "hello_world");
        var stream = new FakeTunnelStream(target: "/sse?freq=2s");
        var handling = origin.Handle(stream);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal($"id: {i}\ndata: {i}\n\n", await stream.Visitor.ReadUntilAsync("\n\n"));
            await origin.Time.TimerRunsAsync(TimeSpan.FromSeconds(2));
            Assert.False(handling.IsCompleted);
            origin.Time.Advance(TimeSpan.FromSeconds(2));
        }

        stream.Visitor.Abort();
        await handling.Within();
    }

    [Theory]
    [InlineData("/sse", 10_000)]
    [InlineData("/sse?freq=100ms", 100)]
    [InlineData("/sse?freq=2m", 120_000)]
    [InlineData("/sse?freq=0s", 1)]
    [InlineData("/sse?freq=4294967295m", 3_600_000)]
    [InlineData("/sse?freq=x", 10_000)]
    public void The_interval_of_events_is_bounded(string target, int milliseconds)
        => Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), HelloEvents.Interval(System.Text.Encoding.ASCII.GetBytes(target)));

    [Fact]
    public async Task The_socket_of_hello_world_sends_back_what_it_gets_however_it_is_cut()
    {
        // "Hel", "lo" masked and fragmented, a ping between them, a pong that is not answered, 300 octets, then close.
        byte[] mask = [1, 2, 3, 4];
        byte[] Frame(byte first, string text)
        {
            var payload = text.Select((character, i) => (byte)(character ^ mask[i & 3])).ToArray();
            return [first, .. text.Length < 126 ? new byte[] { (byte)(0x80 | text.Length) } : [0x80 | 126, (byte)(text.Length >> 8), (byte)text.Length], .. mask, .. payload];
        }

        var big = new string('b', 300);
        byte[] sent = [.. Frame(0x01, "Hel"), .. Frame(0x89, "hi"), .. Frame(0x80, "lo"), .. Frame(0x8A, "x"), .. Frame(0x82, big), .. Frame(0x88, "\u0003\u00e8")];
        var expected = $"\u0001\u0003Hel\u008a\u0002hi\u0080\u0002lo\u0082~\u0001,{big}\u0088\u0002\u0003\u00e8";
        for (var cut = 0; cut <= sent.Length; cut += cut < 60 ? 1 : 50)
        {
            await using var origin = new ScriptedOrigin(service: "hello_world");
            var stream = new FakeTunnelStream(target: "/ws", kind: Tunnels.TunnelStreamKind.WebSocket, hasBody: true).With("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==");
            var handling = origin.Handle(stream);
            Assert.Equal((101, "Upgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\n"), (stream.Status, stream.Fields));
            await stream.Visitor.SendAsync(System.Text.Encoding.Latin1.GetString(sent[..cut]));
            await stream.Visitor.SendAsync(System.Text.Encoding.Latin1.GetString(sent[cut..]));
            Assert.Equal(expected, await stream.Visitor.ReadToEndAsync());
            await handling.Within();
        }
    }

    [Theory]
    [InlineData("\u0081\u0001x")]
    [InlineData("\u00c1\u0080")]
    [InlineData("\u0083\u0080")]
    [InlineData("\u008b\u0080")]
    [InlineData("\u0009\u0080")]
    [InlineData("\u0089\u00fe")]
    [InlineData("\u0082\u00ff\u0080\0\0\0\0\0\0\0\0\0\0\0")]
    public async Task The_socket_of_hello_world_closes_on_whoever_breaks_the_protocol(string sent)
    {
        await using var origin = new ScriptedOrigin(service: "hello_world");
        var stream = new FakeTunnelStream(target: "/ws", kind: Tunnels.TunnelStreamKind.WebSocket, hasBody: true);
        var handling = origin.Handle(stream);
        await stream.Visitor.SendAsync(sent);
        Assert.Equal("\u0088\u0002\u0003\u00ea", await stream.Visitor.ReadToEndAsync());
        await handling.Within();
    }

    [Fact]
    public async Task The_socket_of_hello_world_is_no_page()
    {
        await using var origin = new ScriptedOrigin(service: "hello_world");
        var stream = new FakeTunnelStream(target: "/ws");
        await origin.Handle(stream).Within();
        Assert.Equal(426, stream.Status);
    }
}
