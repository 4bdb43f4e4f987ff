using Engine.Edge.Tests.Fakes;
using Engine.Testing;

namespace Engine.Edge.Tests.Front;

public sealed class VisitorLimitTests : IAsyncDisposable
{
    private const string Ask = "GET / HTTP/1.1\r\nHost: a.test\r\n\r\n";

    private readonly EdgeFront _edge = new(new EdgeLimits { MaxConnectionsPerVisitor = 2, MaxStreamsPerVisitor = 2 });

    [Theory]
    [InlineData("203.0.113.7", "203.0.113.7", false)]
    [InlineData("203.0.113.7", "203.0.113.8", true)]
    [InlineData("203.0.113.7", "::ffff:203.0.113.7", false)]
    [InlineData("2001:db8::1", "2001:db8::ffff:0:0:2", false)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", true)]
    [InlineData("127.0.0.1", "127.0.0.1", true)]
    [InlineData("::1", "::1", true)]
    public async Task An_address_that_has_its_connections_gets_no_more(string address, string another, bool isServed)
    {
        await using var one = _edge.ConnectRaw(address);
        await using var two = _edge.ConnectRaw(address);
        await using var three = _edge.ConnectRaw(another);
        if (isServed)
        {
            await three.SendAsync(Ask);
            await _edge.Link.TakeAsync();
            return;
        }

        await Assert.ThrowsAnyAsync<IOException>(three.ReadToEndAsync);
        Assert.Contains("too-many-connections-of-visitor", Assert.Single(_edge.Log.Of(7020)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_kept_of_an_address_that_left()
    {
        await using var one = _edge.ConnectRaw();
        await using var two = new Http2Client(_edge.Connect());
        Assert.Equal(1, _edge.Services.Visitors.Count);
        one.Abort();
        two.Connection.Abort();

        await _edge.AllOver();
        Assert.Equal(0, _edge.Services.Visitors.Count);
    }

    [Fact]
    public async Task Streams_of_an_address_are_counted_over_its_connections_and_beyond_the_limit_answered_429()
    {
        await using var first = new Http2Client(_edge.Connect());
        await first.GetAsync("/1");
        await first.GetAsync("/2");
        await _edge.Link.TakeAsync();
        await _edge.Link.TakeAsync();
        await using var second = _edge.ConnectRaw();
        await second.SendAsync(Ask);
        var refusal = await second.ReadHeadAsync();
        Assert.StartsWith("HTTP/1.1 429 ", refusal, StringComparison.Ordinal);
        Assert.Contains("engine-error: too-many-streams", refusal, StringComparison.Ordinal);
        Assert.Contains("203.0.113.7", Assert.Single(_edge.Log.Of(7021)), StringComparison.Ordinal);

        await using var other = _edge.ConnectRaw("203.0.113.8");
        await other.SendAsync(Ask);
        await _edge.Link.TakeAsync();
    }

    [Fact]
    public async Task Zero_turns_the_limits_off()
    {
        await using var edge = new EdgeFront(new EdgeLimits { MaxConnectionsPerVisitor = 0, MaxStreamsPerVisitor = 0 });
        var visitors = new List<RawVisitor>();
        for (var i = 0; i < 20; i++)
        {
            visitors.Add(edge.ConnectRaw());
            await visitors[i].SendAsync(Ask);
            await edge.Link.TakeAsync();
        }

        foreach (var visitor in visitors)
        {
            await visitor.DisposeAsync();
        }
    }

    [Fact]
    public async Task An_http2_connection_is_told_how_many_streams_it_may_have()
    {
        await using var edge = new EdgeFront(new EdgeLimits { MaxStreamsPerConnection = 3 });
        await using var visitor = new Http2Client(edge.Connect());
        await visitor.Connection.SettingsReceived.Within();

        Assert.Equal(3u, visitor.Connection.PeerSettings.MaxConcurrentStreams);
    }

    public ValueTask DisposeAsync() => _edge.DisposeAsync();
}
