using Engine.Edge.Registry;
using Engine.Edge.Tests.Fakes;
using Engine.Testing;
using Microsoft.AspNetCore.Connections;

namespace Engine.Edge.Tests.Forwarding;

public sealed class RetryTests : IAsyncLifetime
{
    private readonly EdgeFront _edge = new();

    [Fact]
    public async Task A_connection_that_takes_no_stream_is_passed_over()
    {
        _edge.Link.Refusal = new IOException("closed");
        var other = _edge.AddLink(1);
        other.ActiveStreams = 5;
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\n\r\nabc");

        Assert.Equal("abc", await (await other.TakeAsync()).ReadBodyAsync());
    }

    [Fact]
    public async Task A_stream_that_was_refused_is_opened_on_another_connection()
    {
        var other = AddBusyLink();
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("DELETE / HTTP/1.1\r\nHost: a.test\r\n\r\n");
        var first = await _edge.Link.TakeAsync();
        first.Fail(new StreamNotProcessedException(new IOException()));
        var second = await other.TakeAsync();

        Assert.Equal(first.Field("cf-ray"), second.Field("cf-ray"));
        Assert.Equal("engine; loops=1", second.Field("cdn-loop"));
        await first.WasDisposed.Within();
        second.IsResponseEmpty = true;
        second.Answer(200);
        Assert.StartsWith("HTTP/1.1 200 ", await visitor.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_stream_whose_body_has_not_begun_takes_it_along()
    {
        var other = AddBusyLink();
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\n\r\n");
        (await _edge.Link.TakeAsync()).Fail(new StreamNotProcessedException(new IOException()));
        var second = await other.TakeAsync();
        await visitor.SendAsync("abc");

        Assert.Equal("abc", await second.ReadBodyAsync());
        second.IsResponseEmpty = true;
        second.Answer(200);
        Assert.StartsWith("HTTP/1.1 200 ", await visitor.ReadHeadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refused_stream_whose_body_has_begun_is_a_502()
    {
        var other = AddBusyLink();
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 6\r\n\r\nabc");
        var first = await _edge.Link.TakeAsync();
        Assert.Equal("abc", await first.ReadAsync(3));
        first.Fail(new StreamNotProcessedException(new IOException()));

        Assert.StartsWith("HTTP/1.1 502 ", await visitor.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.False(other.HasOpened);
    }

    [Theory]
    [InlineData("GET", true)]
    [InlineData("HEAD", true)]
    [InlineData("POST", false)]
    [InlineData("DELETE", false)]
    public async Task A_lost_connection_is_tried_again_only_for_what_does_no_harm_twice(string method, bool again)
    {
        var other = AddBusyLink();
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync($"{method} / HTTP/1.1\r\nHost: a.test\r\n\r\n");
        (await _edge.Link.TakeAsync()).Fail(new TunnelConnectionLostException(new IOException()));

        if (again)
        {
            // And once is enough: what kills two connections may kill them all.
            (await other.TakeAsync()).Fail(new TunnelConnectionLostException(new IOException()));
        }

        Assert.StartsWith("HTTP/1.1 502 ", await visitor.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.False(other.HasOpened);
    }

    [Fact]
    public async Task A_stream_that_the_connector_resets_is_not_tried_again()
    {
        var other = AddBusyLink();
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
        (await _edge.Link.TakeAsync()).Fail(new ConnectionResetException("reset"));

        Assert.StartsWith("HTTP/1.1 502 ", await visitor.ReadHeadAsync(), StringComparison.Ordinal);
        Assert.False(other.HasOpened);
    }

    [Fact]
    public async Task A_tunnel_whose_connections_all_refuse_is_without_connector()
    {
        _edge.Link.Refusal = new IOException("closed");
        for (var i = 1; i < 8; i++)
        {
            _edge.AddLink(i).Refusal = new IOException("closed");
        }

        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 530 ", await visitor.ReadHeadAsync(), StringComparison.Ordinal);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _edge.DisposeAsync();

    private ScriptedLink AddBusyLink()
    {
        var link = _edge.AddLink(1);
        link.ActiveStreams = 100;
        return link;
    }
}
