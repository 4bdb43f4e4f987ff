using Engine.Testing;

namespace Engine.Protocols.Http.Tests;

public sealed class ResponseTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "Content-Length: 5\n", "hello")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", "", "hello")]
    [InlineData("HTTP/1.1 200 OK\r\nX: caf\xE9\r\nx: 2\r\n\r\nhello", "X: caf\xE9\nx: 2\n", "hello")]
    [InlineData("HTTP/1.0 200 OK\r\n\r\nhello", "", "hello")]
    [InlineData("HTTP/1.1 404 Nope\r\nContent-Length: 1\r\n\r\nx", "Content-Length: 1\n", "x")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: /x\r\nContent-Length: 1\r\n\r\nx", "Location: /x\nContent-Length: 1\n", "x")]
    public async Task Every_framing_reaches_the_visitor(string answer, string fields, string body)
    {
        await using var origin = new ScriptedOrigin();
        var stream = new FakeTunnelStream();
        var handling = origin.Handle(stream);
        var connection = await origin.AcceptAsync();
        await connection.ReadHeadAsync();
        await connection.SendAsync(answer);
        await connection.EndAsync();
        Assert.Equal(body, await stream.Visitor.ReadToEndAsync());
        await handling.Within();
        Assert.Equal(fields, stream.Fields);
        Assert.Null(stream.Failure);
    }

    [Theory]
    [InlineData("HEAD", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 200, "Content-Length: 5\n")]
    [InlineData("HEAD", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", 200, "")]
    [InlineData("GET", "HTTP/1.1 204 No Content\r\nX: y\r\n\r\n", 204, "X: y\n")]
    [InlineData("GET", "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\nETag: x\r\n\r\n", 304, "Content-Length: 5\nETag: x\n")]
    [InlineData("GET", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, "Content-Length: 0\n")]
    public async Task An_answer_without_a_body_ends_with_its_head_and_leaves_the_connection_fit(string method, string answer, int status, string fields)
    {
        await using var origin = new ScriptedOrigin();
        var stream = new FakeTunnelStream(method);
        var connection = default(Microsoft.AspNetCore.Connections.ConnectionContext);
        for (var i = 0; i < 2; i++)
        {
            stream = new FakeTunnelStream(method);
            var handling = origin.Handle(stream);
            connection ??= await origin.AcceptAsync();
            await connection.ReadHeadAsync();
            await connection.SendAsync(answer);
            await handling.Within();
            Assert.Equal((status, fields, true), (stream.Status, stream.Fields, stream.HasNoBody));
        }

        Assert.Equal(1, origin.Dials);
    }

    [Fact]
    public async Task Connection_fields_of_the_origin_do_not_reach_the_visitor()
    {
        await using var origin = new ScriptedOrigin();
        var stream = new FakeTunnelStream();
        await origin.ExchangeAsync(
            stream, "HTTP/1.1 200 OK\r\nConnection: keep-alive, x-hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nProxy-Connection: x\r\nUpgrade: h2c\r\nContent-Length: 0\r\nServer: s\r\n\r\n");
        Assert.Equal("Content-Length: 0\nServer: s\n", stream.Fields);
    }

    [Fact]
    public async Task Trailers_reach_the_visitor()
    {
        await using var origin = new ScriptedOrigin();
        var stream = new FakeTunnelStream();
        await origin.ExchangeAsync(stream, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nGrpc-Status: 0\r\nX: \xE4\r\n\r\n");
        Assert.Equal("x", await stream.Visitor.ReadToEndAsync());
        Assert.Equal("Grpc-Status: 0\nX: \xE4\n", stream.Trailers);
    }

    [Fact]
    public async Task Interim_answers_are_passed_on_one_by_one()
    {
        await using var origin = new ScriptedOrigin();
        var stream = new FakeTunnelStream();
        await origin.ExchangeAsync(
            stream, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\nConnection: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal(["100\n", "103\nLink: </x>\n"], stream.Interim);
        Assert.Equal(200, stream.Status);
    }

    [Fact]
    public async Task Interim_answers_without_end_are_stopped()
    {
        await using var origin = new ScriptedOrigin();
        var stream = new FakeTunnelStream();
        await origin.ExchangeAsync(stream, string.Concat(Enumerable.Repeat("HTTP/1.1 102 Processing\r\n\r\n", 200)));
        Assert.Equal(HttpFailureCode.ProtocolError, stream.Failure?.Code);
    }

    [Fact]
    public async Task Each_piece_of_a_body_is_passed_on_when_it_comes()
    {
        await using var origin = new ScriptedOrigin();
        var stream = new FakeTunnelStream();
        var handling = origin.Handle(stream);
        var connection = await origin.AcceptAsync();
        await connection.ReadHeadAsync();
        await connection.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Type: text/event-stream\r\n\r\n");
        await stream.Answered.Task.Within();
        for (var i = 0; i < 20; i++)
        {
            var text = $"data: {i:00}\n\n";
            await connection.SendAsync($"{text.Length:x}\r\n{text}\r\n");
            Assert.Equal(text, await stream.Visitor.ReadAsync(text.Length));
        }

        await connection.SendAsync("0\r\n\r\n");
        await handling.Within();
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", HttpFailureCode.ClosedEarly)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nA: b\r\n\r\n", HttpFailureCode.ClosedEarly)]
    public async Task An_answer_cut_at_any_byte_never_looks_complete(string answer, string code)
    {
        for (var cut = 0; cut < answer.Length; cut++)
        {
            await using var origin = new ScriptedOrigin();
            var stream = new FakeTunnelStream();
            var handling = origin.Handle(stream);
            var connection = await origin.AcceptAsync();
            await connection.ReadHeadAsync();
            await connection.SendAsync(answer[..cut]);
            await connection.EndAsync();
            await handling.Within();
            Assert.Equal(code, stream.Failure?.Code);
            if (cut > answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 3)
            {
                Assert.Equal(200, stream.Status);
                await stream.Visitor.ReadToResetAsync();
            }
            else
            {
                Assert.Equal(502, stream.Status);
            }
        }
    }

    [Fact]
    public async Task A_body_until_close_that_is_reset_never_looks_complete()
    {
        await using var origin = new ScriptedOrigin();
        var stream = new FakeTunnelStream();
        var handling = origin.Handle(stream);
        var connection = await origin.AcceptAsync();
        await connection.ReadHeadAsync();
        await connection.SendAsync("HTTP/1.1 200 OK\r\n\r\nhello");
        Assert.Equal("hello", await stream.Visitor.ReadAsync(5));
        connection.Abort();
        await handling.Within();
        Assert.Equal(HttpFailureCode.Reset, stream.Failure?.Code);
        await stream.Visitor.ReadToResetAsync();
    }

    [Fact]
    public async Task A_slow_visitor_holds_the_origin_back_and_not_our_memory()
    {
        await using var origin = new ScriptedOrigin();
        var stream = new FakeTunnelStream();
        var handling = origin.Handle(stream);
        var connection = await origin.AcceptAsync();
        await connection.ReadHeadAsync();
        const int Total = 8 * 1024 * 1024;
        await connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {Total}\r\n\r\n");
        var piece = new byte[16 * 1024];
        var sent = 0;
        var write = default(ValueTask<System.IO.Pipelines.FlushResult>);
        while (sent < Total && (write = connection.Transport.Output.WriteAsync(piece)).IsCompleted)
        {
            sent += piece.Length;
        }

        Assert.InRange(sent, 16 * 1024, 512 * 1024);
        var reading = stream.Visitor.ReadToEndAsync();
        sent += piece.Length;
        await write.AsTask().Within();
        for (; sent < Total; sent += piece.Length)
        {
            await connection.Transport.Output.WriteAsync(piece).AsTask().Within();
        }

        Assert.Equal(Total, (await reading).Length);
        await handling.Within();
    }
}
