using Engine.Conformance.Peers;
using Engine.Http2.Frames;
using Engine.Testing;
using static Engine.Http2.Http2ErrorCode;

namespace Engine.Conformance.Client;

/// <summary>Responses: the forms that are allowed, and what makes one malformed (RFC 9113 §8.1 to §8.3).</summary>
internal static class ResponseCases
{
    public static readonly ClientCase[] All =
    [
        new("valid 8.1", "a response without a body", async (server, stream) =>
        {
            server.Headers(1, RawServer.Ok());
            await server.FlushAsync();
            Assert.Equal("200", (await stream.ReadHeadAsync().Within()).GetString(":status"u8));
            Assert.True(stream.IsInputEmpty);
            Assert.Equal("", await RawServer.ReadRestAsync(stream));
        }),
        new("valid 8.1", "interim responses, a padded body and trailers", async (server, stream) =>
        {
            server.Headers(1, RawBlock.Of(":status: 100"), end: false);
            server.Headers(1, RawBlock.Of(":status: 103", "link: </a>"), end: false);
            server.Headers(1, RawServer.Ok(), end: false);
            server.Frame(FrameType.Data, FrameFlags.Padded, 1, [2, .. "body"u8, 0, 0]);
            server.Headers(1, RawBlock.Of("x-sum: 42"));
            await server.FlushAsync();
            Assert.Equal("100", (await stream.ReadHeadAsync().Within()).GetString(":status"u8));
            var hints = await stream.ReadHeadAsync().Within();
            Assert.Equal("</a>", hints.GetString("link"u8));
            Assert.Equal("200", (await stream.ReadHeadAsync().Within()).GetString(":status"u8));
            Assert.Equal("body", await RawServer.ReadRestAsync(stream));
            Assert.Equal("42", stream.Trailers?.GetString("x-sum"u8));
        }),
        Malformed("8.3.2", "no :status", RawBlock.Of("server: raw")),
        Malformed("8.3.2", "two :status", RawBlock.Of(":status: 200", ":status: 200")),
        Malformed("8.3.2", "a :status that is no number of three digits", RawBlock.Of(":status: 2000")),
        Malformed("8.3.2", "a :status of letters", RawBlock.Of(":status: abc")),
        Malformed("8.3", "a request's pseudo-field", RawServer.Ok(":path: /")),
        Malformed("8.3", "an unknown pseudo-field", RawServer.Ok(":test: ok")),
        Malformed("8.3", "a pseudo-field behind a field", RawBlock.Of("server: raw", ":status: 200")),
        Malformed("8.2.1", "a name in upper case", RawServer.Ok("X-Test: ok")),
        Malformed("8.2.1", "a value with a carriage return", RawServer.Ok("x-test: a\rb")),
        Malformed("8.2.2", "connection", RawServer.Ok("connection: close")),
        Malformed("8.2.2", "transfer-encoding", RawServer.Ok("transfer-encoding: chunked")),
        Malformed("8.6", "101, which HTTP/2 has not", RawBlock.Of(":status: 101")),
        Malformed("8.1", "an interim response that ends the stream", RawBlock.Of(":status: 103")),
        Malformed("8.1.1", "a content-length without a body", RawServer.Ok("content-length: 5")),
        StreamError("8.1.1", "a content-length larger than the body", server =>
        {
            server.Headers(1, RawServer.Ok("content-length: 5"), end: false);
            server.Data(1, "test");
        }),
        StreamError("8.1.1", "a content-length smaller than the body", server =>
        {
            server.Headers(1, RawServer.Ok("content-length: 3"), end: false);
            server.Data(1, "test", end: false);
        }),
        StreamError("8.1", "DATA before the head", server => server.Data(1)),
        StreamError("8.1", "DATA behind an interim response", server =>
        {
            server.Headers(1, RawBlock.Of(":status: 103"), end: false);
            server.Data(1);
        }),
        StreamError("8.1", "trailers that do not end the stream", server =>
        {
            server.Headers(1, RawServer.Ok(), end: false);
            server.Headers(1, RawBlock.Of("x-sum: 42"), end: false);
        }),
        StreamError("8.1", "a pseudo-field among the trailers", server =>
        {
            server.Headers(1, RawServer.Ok(), end: false);
            server.Data(1, "test", end: false);
            server.Headers(1, RawBlock.Of(":status: 200"));
        }),
    ];

    private static ClientCase Malformed(string section, string name, byte[] head) => StreamError(section, name, server => server.Headers(1, head));

    private static ClientCase StreamError(string section, string name, Action<RawServer> send) => new(section, name, async (server, stream) =>
    {
        send(server);
        await server.FlushAsync();
        await RawServer.ExpectFailureAsync(stream);
        await server.ExpectStreamErrorAsync(1, ProtocolError);
    });
}
