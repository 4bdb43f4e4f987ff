using Engine.Edge.Tests.Fakes;
using Engine.Http2;
using Engine.Testing;
using Microsoft.AspNetCore.Connections;

namespace Engine.Edge.Tests.Front;

public sealed class StallTests : IAsyncDisposable
{
    private readonly EdgeFront _edge = new();

    [Fact]
    public async Task A_body_that_does_not_go_on_is_answered_408_and_reset_in_the_tunnel()
    {
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 6\r\n\r\nabc");
        var stream = await _edge.Link.TakeAsync();
        Assert.Equal("abc", await stream.ReadAsync(3));
        await AdvanceUntilAsync(stream.WasReset);

        var answer = await visitor.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
        Assert.Contains("engine-error: body-timeout", answer, StringComparison.Ordinal);
        Assert.Contains("Connection: close", answer, StringComparison.Ordinal);
        Assert.Contains("203.0.113.7", Assert.Single(_edge.Log.Of(7018)), StringComparison.Ordinal);
        await visitor.FinishAsync();
        await _edge.AllOver();
        Assert.Equal(0, _edge.Services.Stalls.Count);
    }

    [Fact]
    public async Task A_body_that_does_not_go_on_over_http2_is_answered_408_and_harms_no_other_stream()
    {
        await using var visitor = new Http2Client(_edge.Connect());
        var request = await visitor.OpenAsync("POST", "/", endStream: false);
        await Http2Client.SendAsync(request, "abc");
        var stream = await _edge.Link.TakeAsync();
        Assert.Equal("abc", await stream.ReadAsync(3));
        var quiet = await visitor.GetAsync("/quiet");
        var other = await _edge.Link.TakeAsync();
        await AdvanceUntilAsync(stream.WasReset, visitor);

        Assert.Equal("408", await Http2Client.StatusOf(request));
        Assert.Contains("body-timeout", await Http2Client.ReadToEndAsync(request), StringComparison.Ordinal);
        other.IsResponseEmpty = true;
        other.Answer(200);
        Assert.Equal("200", await Http2Client.StatusOf(quiet));
    }

    [Fact]
    public async Task A_body_that_drips_is_not_given_up()
    {
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\n\r\n");
        var stream = await _edge.Link.TakeAsync();
        for (var i = 0; i < 5; i++)
        {
            _edge.Time.Advance(_edge.Limits.BodyTimeout * 0.9);
            await visitor.SendAsync("x");
            Assert.Equal("x", await stream.ReadAsync(1));
        }

        Assert.Equal("", await stream.ReadBodyAsync());
        Assert.False(stream.WasReset.IsCompleted);
    }

    [Fact]
    public async Task A_visitor_that_waits_for_a_100_is_not_given_up_before_it_has_it()
    {
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
        var stream = await _edge.Link.TakeAsync();
        _edge.Time.Advance(_edge.Limits.BodyTimeout * 3);
        Assert.False(stream.WasReset.IsCompleted);

        stream.Answer(100);
        await visitor.ReadHeadAsync();
        await AdvanceUntilAsync(stream.WasReset);
        Assert.Contains("body-timeout", await visitor.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_conversation_may_be_silent_once_its_answer_has_begun()
    {
        await using var visitor = new Http2Client(_edge.Connect());
        var request = await visitor.OpenAsync("POST", "/", endStream: false);
        var stream = await _edge.Link.TakeAsync();
        stream.Answer(200);
        Assert.Equal("200", await Http2Client.StatusOf(request));
        for (var i = 0; i < 300; i++)
        {
            // In steps below the connection's keep-alive, each with a word of the client.
            _edge.Time.Advance(TimeSpan.FromSeconds(5));
            await visitor.Connection.PingAsync(Deadline.Token());
            await Task.Yield();
        }

        await Http2Client.SendAsync(request, "late");
        Assert.Equal("late", await stream.ReadAsync(4));
    }

    [Fact]
    public async Task A_visitor_that_does_not_read_is_given_up()
    {
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
        var stream = await _edge.Link.TakeAsync();
        stream.Answer(200);
        var flood = FloodAsync(stream);

        await AdvanceUntilAsync(stream.WasReset);
        await _edge.AllOver();
        await Assert.ThrowsAnyAsync<Exception>(() => flood);
        Assert.Contains("write-timeout", Assert.Single(_edge.Log.Of(7018)), StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<IOException>(visitor.ReadToEndAsync);
    }

    [Fact]
    public async Task A_visitor_that_does_not_read_one_stream_loses_that_one()
    {
        await using var visitor = new Http2Client(_edge.Connect());
        var request = await visitor.GetAsync("/");
        var stream = await _edge.Link.TakeAsync();
        stream.Answer(200);
        var flood = FloodAsync(stream);
        Assert.Equal("200", await Http2Client.StatusOf(request));

        await AdvanceUntilAsync(stream.WasReset, visitor);
        await Assert.ThrowsAnyAsync<Exception>(() => flood);
        var reset = await Assert.ThrowsAsync<Http2StreamResetException>(() => Http2Client.ReadToEndAsync(request));
        Assert.Equal(Http2ErrorCode.Cancel, reset.ErrorCode);
        await visitor.GetAsync("/next");
        Assert.Equal("/next", (await _edge.Link.TakeAsync()).Field(":path"));
    }

    [Fact]
    public async Task A_visitor_that_asks_and_never_reads_our_own_answers_is_given_up()
    {
        await using var visitor = _edge.ConnectRaw();
        var asking = AskForEverAsync(visitor);

        await AdvanceUntilAsync(_edge.AllOver());
        await Assert.ThrowsAnyAsync<Exception>(() => asking).Within();
        Assert.Equal(0, _edge.Services.Stalls.Count);
    }

    [Fact]
    public async Task Zero_turns_the_limits_off()
    {
        await using var edge = new EdgeFront(new EdgeLimits { BodyTimeout = TimeSpan.Zero, WriteTimeout = TimeSpan.Zero });
        await using var visitor = edge.ConnectRaw();
        await visitor.SendAsync("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 1\r\n\r\n");
        var stream = await edge.Link.TakeAsync();
        edge.Time.Advance(TimeSpan.FromDays(1));
        await visitor.SendAsync("x");

        Assert.Equal("x", await stream.ReadBodyAsync());
        Assert.False(stream.WasReset.IsCompleted);
    }

    public ValueTask DisposeAsync() => _edge.DisposeAsync();

    private static async Task AskForEverAsync(RawVisitor visitor)
    {
        while (!(await visitor.Connection.Transport.Output.WriteAsync("GET / HTTP/1.1\r\nHost: unknown.test\r\n\r\n"u8.ToArray(), Deadline.Token())).IsCompleted)
        {
        }

        throw new EndOfStreamException();
    }

    /// <summary>Sends more than fits between the connector and a visitor that does not read; ends with the stream.</summary>
    private static async Task FloodAsync(ScriptedStream stream)
    {
        var piece = new byte[64 * 1024];
        for (var i = 0; i < 1024; i++)
        {
            await stream.Connector.Transport.Output.WriteAsync(piece).AsTask().Within();
        }
    }

    private Task AdvanceUntilAsync(Task task) => Eventually.IsTrueAsync(
        () =>
        {
            _edge.Time.Advance(TimeSpan.FromMinutes(1));
            return task.IsCompleted;
        },
        "the edge gave up");

    /// <summary>Lets time pass in steps below the connection's keep-alive, and the visitor show each time that it lives.</summary>
    private async Task AdvanceUntilAsync(Task task, Http2Client visitor)
    {
        // Ends with the deadline, by the exception of the ping.
        var deadline = Deadline.Token();
        while (!task.IsCompleted)
        {
            _edge.Time.Advance(TimeSpan.FromSeconds(5));
            await visitor.Connection.PingAsync(deadline);

            // The answer completes the ping inside the edge's own write, which has to go on.
            await Task.Yield();
        }
    }
}
