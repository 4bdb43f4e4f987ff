using System.Net;
using Engine.Testing;
using Engine.Transports;

namespace Engine.Protocols.Http.Tests;

public sealed class FailureTests
{
    [Theory]
    [InlineData(ConnectFailure.NameNotFound, HttpFailureCode.NameNotFound, 502)]
    [InlineData(ConnectFailure.Refused, HttpFailureCode.Refused, 502)]
    [InlineData(ConnectFailure.TimedOut, HttpFailureCode.Timeout, 504)]
    [InlineData(ConnectFailure.Unreachable, HttpFailureCode.Unreachable, 502)]
    [InlineData(ConnectFailure.Reset, HttpFailureCode.Reset, 502)]
    [InlineData(ConnectFailure.TlsFailed, HttpFailureCode.TlsFailed, 502)]
    [InlineData(ConnectFailure.LocalLimit, HttpFailureCode.Unreachable, 502)]
    [InlineData(ConnectFailure.Other, HttpFailureCode.Unreachable, 502)]
    public async Task A_failed_dial_has_a_code_a_status_and_a_detail(ConnectFailure kind, string code, int status)
    {
        await using var origin = new ScriptedOrigin { OnDial = _ => throw new ConnectFailedException(kind, new DnsEndPoint("origin.test", 8080), "because of this.") };
        var stream = new FakeTunnelStream("POST", hasBody: true);
        await origin.Handle(stream).Within();
        var failure = stream.Failure!.Value;
        Assert.Equal((code, status), (failure.Code, failure.Status));
        Assert.StartsWith("Origin http://origin.test:8080, connecting:", failure.Detail);
        Assert.EndsWith("because of this.", failure.Detail);
        Assert.Equal(1, origin.Dials);
    }

    [Fact]
    public async Task An_origin_that_closes_without_an_answer_is_named_so()
        => await FailsAsync(async connection => await connection.EndAsync(), HttpFailureCode.ClosedEarly);

    [Fact]
    public async Task An_origin_that_closes_after_an_interim_answer_is_named_so()
        => await FailsAsync(
            async connection =>
            {
                await connection.SendAsync("HTTP/1.1 103 Early Hints\r\n\r\n");
                await connection.EndAsync();
            },
            HttpFailureCode.ClosedEarly);

    [Fact]
    public async Task An_origin_that_resets_is_named_so()
        => await FailsAsync(
            connection =>
            {
                connection.Abort();
                return Task.CompletedTask;
            },
            HttpFailureCode.Reset);

    [Theory]
    [InlineData("SSH-2.0-OpenSSH\r\n")]
    [InlineData("HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n")]
    [InlineData("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n")]
    public async Task An_origin_that_breaks_HTTP_is_named_so(string answer)
        => await FailsAsync(connection => connection.SendAsync(answer), HttpFailureCode.ProtocolError);

    [Fact]
    public async Task A_broken_body_resets_the_stream()
    {
        await using var origin = new ScriptedOrigin();
        var stream = new FakeTunnelStream();
        await origin.ExchangeAsync(stream, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nnonsense\r\n");
        Assert.Equal((200, HttpFailureCode.ProtocolError), (stream.Status, stream.Failure?.Code));
        await stream.Visitor.ReadToResetAsync();
    }

    [Fact]
    public async Task A_head_that_does_not_come_in_time_is_504()
    {
        await using var origin = new ScriptedOrigin(configure: options => options.ResponseHeadTimeout = TimeSpan.FromSeconds(30));
        var stream = new FakeTunnelStream();
        var handling = origin.Handle(stream);
        var connection = await origin.AcceptAsync();
        await connection.ReadHeadAsync();
        await origin.Time.TimerRunsAsync(TimeSpan.FromSeconds(30));
        origin.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(handling.IsCompleted);
        origin.Time.Advance(TimeSpan.FromSeconds(1));
        await handling.Within();
        Assert.Equal((504, HttpFailureCode.Timeout), (stream.Failure!.Value.Status, stream.Failure.Value.Code));
        await connection.ReadToResetAsync();
    }

    [Fact]
    public async Task A_visitor_who_leaves_while_we_dial_stops_the_dial()
    {
        var dialling = new TaskCompletionSource();
        await using var origin = new ScriptedOrigin();
        origin.OnDial = async token =>
        {
            dialling.SetResult();
            await Task.Delay(Timeout.Infinite, token);
            throw new InvalidOperationException();
        };
        var stream = new FakeTunnelStream();
        var handling = origin.Handle(stream);
        await dialling.Task.Within();
        stream.Visitor.Abort();
        await handling.Within();
        Assert.Null(stream.Failure);
    }

    [Fact]
    public async Task A_visitor_who_leaves_cuts_the_request_while_the_origin_thinks()
    {
        await using var origin = new ScriptedOrigin();
        var stream = new FakeTunnelStream();
        var handling = origin.Handle(stream);
        var connection = await origin.AcceptAsync();
        await connection.ReadHeadAsync();
        stream.Visitor.Abort();
        await handling.Within();
        await connection.ReadToResetAsync();
        Assert.Null(stream.Failure);
        Assert.Equal(1, origin.Dials);
    }

    [Fact]
    public async Task A_visitor_who_leaves_cuts_the_answer()
    {
        await using var origin = new ScriptedOrigin();
        var stream = new FakeTunnelStream();
        var handling = origin.Handle(stream);
        var connection = await origin.AcceptAsync();
        await connection.ReadHeadAsync();
        await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello");
        await stream.Visitor.ReadAsync(5);
        stream.Visitor.Abort();
        await handling.Within();
        await connection.ReadToResetAsync();
        Assert.Null(stream.Failure);
    }

    [Fact]
    public async Task A_visitor_who_leaves_within_his_body_never_makes_it_look_complete()
    {
        await using var origin = new ScriptedOrigin();
        var stream = new FakeTunnelStream("POST", hasBody: true);
        var handling = origin.Handle(stream);
        var connection = await origin.AcceptAsync();
        await connection.ReadHeadAsync();
        await stream.Visitor.SendAsync("hello");
        await connection.ReadUntilAsync("hello\r\n");
        stream.Visitor.Abort();
        await handling.Within();
        Assert.Equal("", await connection.ReadToResetAsync());
    }

    private static async Task FailsAsync(Func<Microsoft.AspNetCore.Connections.ConnectionContext, Task> answer, string code)
    {
        await using var origin = new ScriptedOrigin();
        var stream = new FakeTunnelStream();
        var handling = origin.Handle(stream);
        var connection = await origin.AcceptAsync();
        await connection.ReadHeadAsync();
        await answer(connection);
        await handling.Within();
        Assert.Equal((code, 502), (stream.Failure!.Value.Code, stream.Status));
        Assert.Contains("before its answer", stream.Failure.Value.Detail);
        Assert.Equal(1, origin.Dials);
    }
}
