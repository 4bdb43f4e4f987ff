using Engine.Conformance.Peers;
using static Engine.Http2.Http2ErrorCode;

namespace Engine.Conformance.Server;

/// <summary>Messages that are malformed (RFC 9113 §8.1.1): a stream error PROTOCOL_ERROR each.</summary>
internal static class MessageCases
{
    public static readonly ServerCase[] All =
    [
        new("8.1", "a second HEADERS without END_STREAM", async c =>
        {
            c.Headers(1, RawClient.Post(), end: false);
            c.Headers(1, RawBlock.Of("x-one: 1"), end: false);
            await c.ExpectErrorAsync(1, ProtocolError);
        }),
        Malformed("8.2.1", "a name in upper case", RawClient.Get("X-Test: ok")),
        Malformed("8.2.1", "a name with a space", RawClient.Get("x test: ok")),
        Malformed("8.2.1", "a value with a line feed", RawClient.Get("x-test: a\nb")),
        Malformed("8.2.1", "a value with a NUL", RawClient.Get("x-test: a\0b")),
        Malformed("8.2.1", "a value with space at its end", RawClient.Get("x-test: a ")),
        Malformed("8.3", "an unknown pseudo-field", RawClient.Get(":test: ok")),
        Malformed("8.3", "a response's pseudo-field", RawClient.Get(":status: 200")),
        new("8.1", "a pseudo-field among the trailers", async c =>
        {
            c.Headers(1, RawClient.Post("trailer: x-sum"), end: false);
            c.Data(1, "test", end: false);
            c.Headers(1, RawBlock.Of(":method: POST", "x-sum: 42"));
            await c.ExpectErrorAsync(1, ProtocolError);
        }),
        Malformed("8.3", "a pseudo-field behind a field", RawBlock.Of(":method: GET", ":scheme: http", ":authority: localhost", "x-test: ok", ":path: /")),
        Malformed("8.2.2", "connection", RawClient.Get("connection: keep-alive")),
        Malformed("8.2.2", "transfer-encoding", RawClient.Get("transfer-encoding: chunked")),
        Malformed("8.2.2", "te other than trailers", RawClient.Get("te: trailers, deflate")),
        new("8.2.2", "te: trailers is allowed", async c =>
        {
            c.Headers(1, RawClient.Get("te: trailers"));
            await c.ExpectFixedAnswerAsync();
        }),
        Malformed("8.3.1", "an empty :path", RawBlock.Of(":method: GET", ":scheme: http", ":authority: localhost", ":path: ")),
        Malformed("8.3.1", "no :method", RawBlock.Of(":scheme: http", ":authority: localhost", ":path: /")),
        Malformed("8.3.1", "no :scheme", RawBlock.Of(":method: GET", ":authority: localhost", ":path: /")),
        Malformed("8.3.1", "no :path", RawBlock.Of(":method: GET", ":scheme: http", ":authority: localhost")),
        Malformed("8.3.1", "two :method", RawClient.Get(":method: GET")),
        Malformed("8.3.1", "two :scheme", RawClient.Get(":scheme: http")),
        Malformed("8.3.1", "two :path", RawClient.Get(":path: /")),
        Malformed("8.3.1", "two :authority", RawClient.Get(":authority: localhost")),
        Malformed("8.5", "CONNECT with a :path", RawBlock.Of(":method: CONNECT", ":scheme: http", ":path: /", ":authority: localhost")),
        new("8.1.1", "a content-length that differs from the one DATA frame", async c =>
        {
            c.Headers(1, RawClient.Post("content-length: 1"), end: false);
            c.Data(1, "test");
            await c.ExpectErrorAsync(1, ProtocolError);
        }),
        new("8.1.1", "a content-length that differs from the sum of the DATA frames", async c =>
        {
            c.Headers(1, RawClient.Post("content-length: 10"), end: false);
            c.Data(1, "test", end: false);
            c.Data(1, "test");
            await c.ExpectErrorAsync(1, ProtocolError);
        }),
        Malformed("8.1.1", "a content-length without a body", RawClient.Get("content-length: 5")),
    ];

    private static ServerCase Malformed(string section, string name, byte[] head) => new(section, name, async c =>
    {
        c.Headers(1, head);
        await c.ExpectErrorAsync(1, ProtocolError);
    });
}
