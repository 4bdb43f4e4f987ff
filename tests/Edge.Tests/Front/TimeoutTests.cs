using Engine.Edge.Tests.Fakes;
using Engine.Testing;

namespace Engine.Edge.Tests.Front;

public sealed class TimeoutTests : IAsyncLifetime
{
    private readonly EdgeFront _edge = new();

    [Theory]
    [InlineData("")]
    [InlineData("P")]
    [InlineData("PRI * HTTP/2.0\r\n")]
    public async Task A_visitor_that_says_nothing_definite_is_closed_in_time(string start)
    {
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync(start);

        await AdvanceUntilAsync(_edge.AllOver());
        Assert.Equal("", await visitor.ReadToEndAsync());
    }

    [Fact]
    public async Task A_head_that_drips_in_is_answered_408_when_its_time_is_up()
    {
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("GET / HTTP/1.1\r\nHost: a.test\r\n");
        for (var i = 0; i < 9; i++)
        {
            _edge.Time.Advance(TimeSpan.FromSeconds(1));
            await visitor.SendAsync($"X-{i}: x\r\n");
        }

        var answer = visitor.ReadToEndAsync();
        await AdvanceUntilAsync(answer);
        Assert.Contains("request-timeout", await answer, StringComparison.Ordinal);
        await _edge.AllOver();
    }

    [Fact]
    public async Task A_connection_may_stand_idle_between_requests_but_not_for_ever()
    {
        await using var visitor = _edge.ConnectRaw();
        await AnswerOneAsync(visitor);
        _edge.Time.Advance(TimeSpan.FromSeconds(60));
        await AnswerOneAsync(visitor);

        await AdvanceUntilAsync(_edge.AllOver());
        Assert.Equal("", await visitor.ReadToEndAsync());
    }

    [Fact]
    public async Task A_request_in_progress_has_no_time_limit()
    {
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
        var stream = await _edge.Link.TakeAsync();
        _edge.Time.Advance(TimeSpan.FromHours(1));
        stream.Answer(200);
        await visitor.ReadHeadAsync();
        _edge.Time.Advance(TimeSpan.FromHours(1));
        await stream.SendAsync("late");
        Assert.Equal("4\r\nlate", await visitor.ReadUntilAsync("late"));
    }

    [Fact]
    public async Task A_body_that_stalls_behind_its_answer_is_given_up()
    {
        await using var visitor = _edge.ConnectRaw();
        await visitor.SendAsync("POST / HTTP/1.1\r\nHost: a.test\r\nContent-Length: 6\r\n\r\nabc");
        var stream = await _edge.Link.TakeAsync();
        stream.IsResponseEmpty = true;
        stream.Answer(200);
        await visitor.ReadHeadAsync();

        await AdvanceUntilAsync(stream.WasReset);
        await AdvanceUntilAsync(_edge.AllOver());
        Assert.Equal("", await visitor.ReadToEndAsync());
    }

    [Fact]
    public async Task Draining_closes_idle_connections_at_once_and_busy_ones_after_their_answer()
    {
        await using var idle = _edge.ConnectRaw();
        await AnswerOneAsync(idle);
        await using var busy = _edge.ConnectRaw();
        await busy.SendAsync("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
        var stream = await _edge.Link.TakeAsync();

        _edge.Services.Stop();
        _edge.Server.Drain();

        Assert.Equal("", await idle.ReadToEndAsync());
        await idle.FinishAsync();
        stream.Answer(200, ("content-length", "2"));
        await stream.SendAsync("ok");
        await stream.EndAsync();
        var answer = await busy.ReadToEndAsync();
        Assert.Contains("Connection: close", answer, StringComparison.Ordinal);
        Assert.EndsWith("ok", answer, StringComparison.Ordinal);
        await busy.FinishAsync();
        await _edge.AllOver();
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _edge.DisposeAsync();

    private async Task AnswerOneAsync(RawVisitor visitor)
    {
        await visitor.SendAsync("GET / HTTP/1.1\r\nHost: a.test\r\n\r\n");
        var stream = await _edge.Link.TakeAsync();
        stream.Answer(200, ("content-length", "2"));
        await stream.SendAsync("ok");
        await stream.EndAsync();
        await visitor.ReadHeadAsync();
        Assert.Equal("ok", await visitor.ReadUntilAsync("ok"));
    }

    /// <summary>Lets time pass in steps, because a timer that is set behind the first one starts later.</summary>
    private Task AdvanceUntilAsync(Task task) => Eventually.IsTrueAsync(
        () =>
        {
            _edge.Time.Advance(TimeSpan.FromSeconds(5));
            return task.IsCompleted;
        },
        "the edge gave up");
}
