using Engine.Origins;
using Engine.Testing;

namespace Engine.Protocols.Http.Tests;

public sealed class RequestBodyTests
{
    [Fact]
    public async Task A_body_waits_for_100_when_it_was_asked_to()
    {
        await using var origin = new ScriptedOrigin();
        var stream = new FakeTunnelStream("PUT", hasBody: true, length: 5).With("expect", "100-continue");
        await stream.Visitor.SendAsync("hello");
        await stream.Visitor.EndAsync();
        var handling = origin.Handle(stream);
        var connection = await origin.AcceptAsync();
        Assert.Contains("\r\nexpect: 100-continue\r\n", await connection.ReadHeadAsync());
        var read = connection.Transport.Input.ReadAsync().AsTask();
        await origin.Time.TimerRunsAsync(TimeSpan.FromSeconds(1));
        origin.Time.Advance(TimeSpan.FromMilliseconds(999));
        Assert.False(read.IsCompleted, "The body did not wait.");
        await connection.SendAsync("HTTP/1.1 100 Continue\r\n\r\n");
        Assert.Equal(5, (await read.Within()).Buffer.Length);
        Assert.Equal(["100\n"], stream.Interim);
        await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await handling.Within();
    }

    [Fact]
    public async Task A_body_goes_after_a_second_without_100()
    {
        await using var origin = new ScriptedOrigin();
        var stream = new FakeTunnelStream("PUT", hasBody: true, length: 5).With("Expect", "100-Continue");
        await stream.Visitor.SendAsync("hello");
        var handling = origin.Handle(stream);
        var connection = await origin.AcceptAsync();
        await connection.ReadHeadAsync();
        await origin.Time.TimerRunsAsync(TimeSpan.FromSeconds(1));
        origin.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("hello", await connection.ReadAsync(5));
        await stream.Visitor.EndAsync();
        await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await handling.Within();
    }

    [Fact]
    public async Task A_final_answer_instead_of_100_keeps_the_body_back_and_closes_the_connection()
    {
        await using var origin = new ScriptedOrigin();
        var stream = new FakeTunnelStream("PUT", hasBody: true, length: 5).With("expect", "100-continue");
        await stream.Visitor.SendAsync("hello");
        var handling = origin.Handle(stream);
        var connection = await origin.AcceptAsync();
        await connection.ReadHeadAsync();
        await connection.SendAsync("HTTP/1.1 417 Expectation Failed\r\nContent-Length: 0\r\n\r\n");
        await handling.Within();
        Assert.Equal(417, stream.Status);
        Assert.Null(stream.Failure);
        Assert.Equal("", await connection.ReadToEndAsync());
    }

    [Fact]
    public async Task An_early_answer_is_passed_on_while_the_body_goes_on_to_its_end()
    {
        await using var origin = new ScriptedOrigin();
        var stream = new FakeTunnelStream("POST", hasBody: true);
        var handling = origin.Handle(stream);
        var connection = await origin.AcceptAsync();
        await connection.ReadHeadAsync();
        await stream.Visitor.SendAsync("one");
        Assert.Equal("3\r\none\r\n", await connection.ReadUntilAsync("one\r\n"));
        await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        Assert.Equal("ok", await stream.Visitor.ReadToEndAsync());
        Assert.False(handling.IsCompleted);
        await stream.Visitor.SendAsync("two");
        Assert.Equal("3\r\ntwo\r\n", await connection.ReadUntilAsync("two\r\n"));
        await stream.Visitor.EndAsync();
        Assert.Equal("0\r\n\r\n", await connection.ReadHeadAsync());
        await handling.Within();
        Assert.Null(stream.Failure);

        // And the connection is as good as new.
        await origin.ExchangeAsync(new FakeTunnelStream(), "HTTP/1.1 204 No Content\r\n\r\n", connection);
        Assert.Equal(1, origin.Dials);
    }

    [Fact]
    public async Task An_early_answer_of_an_origin_that_then_closes_ends_the_request_cleanly()
    {
        await using var origin = new ScriptedOrigin();
        var stream = new FakeTunnelStream("POST", hasBody: true);
        var handling = origin.Handle(stream);
        var connection = await origin.AcceptAsync();
        await connection.ReadHeadAsync();
        await connection.SendAsync("HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno");
        await stream.Answered.Task.Within();
        Assert.False(handling.IsCompleted);
        await connection.EndAsync();
        await handling.Within();
        Assert.Equal("no", await stream.Visitor.ReadToEndAsync());
        Assert.Null(stream.Failure);
    }

    [Fact]
    public async Task An_early_answer_of_an_origin_that_takes_nothing_more_is_passed_on()
    {
        await using var origin = new ScriptedOrigin { BufferSize = 1024 };
        var stream = new FakeTunnelStream("POST", hasBody: true);
        var handling = origin.Handle(stream);
        var connection = await origin.AcceptAsync();
        await connection.ReadHeadAsync();

        // More than the origin's buffer: the sender is stuck in its flush when the answer comes.
        await stream.Visitor.SendAsync(new string('x', 32 * 1024));
        await connection.SendAsync("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
        await connection.EndAsync();
        await handling.Within();
        Assert.Equal("no", await stream.Visitor.ReadToEndAsync());
        Assert.Null(stream.Failure);
    }

    [Fact]
    public async Task A_slow_origin_holds_the_visitor_back_and_not_our_memory()
    {
        await using var origin = new ScriptedOrigin();
        var stream = new FakeTunnelStream("POST", hasBody: true);
        var handling = origin.Handle(stream);
        var connection = await origin.AcceptAsync();
        await connection.ReadHeadAsync();
        const int Total = 8 * 1024 * 1024;
        var piece = new byte[16 * 1024];
        var sent = 0;
        var write = default(ValueTask<System.IO.Pipelines.FlushResult>);
        while (sent < Total && (write = stream.Visitor.Transport.Output.WriteAsync(piece)).IsCompleted)
        {
            sent += piece.Length;
        }

        Assert.InRange(sent, 16 * 1024, 1024 * 1024);
        var reading = connection.ReadUntilAsync("\r\n0\r\n\r\n");
        await write.AsTask().Within();
        await stream.Visitor.EndAsync();
        Assert.InRange((await reading).Length, sent, sent + (64 * 1024));
        await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await handling.Within();
    }

    [Theory]
    [InlineData("hell")]
    [InlineData("hello!")]
    public async Task A_body_other_than_announced_cuts_the_request(string body)
    {
        await using var origin = new ScriptedOrigin();
        var stream = new FakeTunnelStream("POST", hasBody: true, length: 5);
        await stream.Visitor.SendAsync(body);
        await stream.Visitor.EndAsync();
        var handling = origin.Handle(stream);
        var connection = await origin.AcceptAsync();
        await handling.Within();
        await connection.ReadToResetAsync();
        Assert.False(stream.ResponseStarted);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(3 * 1024 * 1024)]
    public async Task A_body_of_unknown_length_is_buffered_for_an_origin_that_takes_no_chunks(int length)
    {
        await using var origin = new ScriptedOrigin(new OriginOptions { DisableChunkedEncoding = true });
        var stream = new FakeTunnelStream("POST", hasBody: true);
        var body = string.Create(length, 0, (span, _) => new Random(1).GetItems("abcdef", span));
        var handling = origin.Handle(stream);
        await stream.Visitor.SendAsync(body);
        Assert.Equal(0, origin.Dials);
        await stream.Visitor.EndAsync();
        var connection = await origin.AcceptAsync();
        var head = await connection.ReadHeadAsync();
        Assert.Contains($"\r\nContent-Length: {length}\r\n", head);
        Assert.DoesNotContain("Transfer-Encoding", head);
        Assert.Equal(body, await connection.ReadAsync(length));
        await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await handling.Within();
        Assert.Equal(200, stream.Status);
    }

    [Fact]
    public async Task A_body_that_is_too_large_to_be_buffered_is_refused()
    {
        await using var origin = new ScriptedOrigin(new OriginOptions { DisableChunkedEncoding = true }, configure: options => options.MaxBufferedBody = 4);
        var stream = new FakeTunnelStream("POST", hasBody: true);
        var handling = origin.Handle(stream);
        await stream.Visitor.SendAsync("hello");
        await handling.Within();
        Assert.Equal((413, HttpFailureCode.BodyTooLarge, 0), (stream.Failure!.Value.Status, stream.Failure.Value.Code, origin.Dials));
    }
}
