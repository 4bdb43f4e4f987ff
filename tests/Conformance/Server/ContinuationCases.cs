using Engine.Conformance.Peers;
using Engine.Http2.Frames;
using static Engine.Http2.Http2ErrorCode;

namespace Engine.Conformance.Server;

/// <summary>CONTINUATION (RFC 9113 §6.10).</summary>
internal static class ContinuationCases
{
    public static readonly ServerCase[] All =
    [
        new("6.10", "several in a row", async c =>
        {
            c.Headers(1, RawClient.Get(), whole: false);
            c.Continuation(1, RawBlock.Of("x-one: 1"), whole: false);
            c.Continuation(1, RawBlock.Of("x-two: 2"));
            await c.ExpectFixedAnswerAsync();
        }),
        Breaks("followed by another frame before the block's end", c =>
        {
            c.Headers(1, RawClient.Post(), end: false, whole: false);
            c.Continuation(1, RawBlock.Of("x-one: 1"), whole: false);
            c.Data(1);
        }),
        Breaks("on stream 0", c =>
        {
            c.Headers(1, RawClient.Get(), whole: false);
            c.Continuation(0, RawBlock.Of("x-one: 1"));
        }),
        Breaks("on another stream", c =>
        {
            c.Headers(1, RawClient.Get(), whole: false);
            c.Continuation(3, RawBlock.Of("x-one: 1"));
        }),
        Breaks("behind HEADERS with END_HEADERS", c =>
        {
            c.Headers(1, RawClient.Post(), end: false);
            c.Continuation(1, RawBlock.Of("x-one: 1"));
        }),
        Breaks("behind CONTINUATION with END_HEADERS", c =>
        {
            c.Headers(1, RawClient.Post(), end: false, whole: false);
            c.Continuation(1, RawBlock.Of("x-one: 1"));
            c.Continuation(1, RawBlock.Of("x-two: 2"));
        }),
        Breaks("behind DATA", c =>
        {
            c.Headers(1, RawClient.Post(), end: false);
            c.Frame(FrameType.Data, FrameFlags.None, 1, "test"u8);
            c.Continuation(1, RawBlock.Of("x-one: 1"));
        }),
    ];

    private static ServerCase Breaks(string name, Action<RawClient> send) => new("6.10", name, async c =>
    {
        send(c);
        await c.ExpectConnectionErrorAsync(ProtocolError);
    });
}
