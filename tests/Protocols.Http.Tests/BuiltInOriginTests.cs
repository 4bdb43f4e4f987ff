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
}
