using Engine.Conformance.Peers;
using Engine.Http2.Frames;
using static Engine.Http2.Http2ErrorCode;

namespace Engine.Conformance.Server;

/// <summary>Stream states, identifiers, concurrency and (from RFC 7540) dependencies: RFC 9113 §5.1 to §5.3.</summary>
internal static class StreamStateCases
{
    private static readonly (int, uint)[] Stalled = [(4, 0)];

    public static readonly ServerCase[] All =
    [
        Idle("DATA", c => c.Data(1)),
        Idle("RST_STREAM", c => c.RstStream(1)),
        Idle("WINDOW_UPDATE", c => c.WindowUpdate(1, 100)),
        Idle("CONTINUATION", c => c.Continuation(1, RawClient.Get())),
        new("5.1 half-closed (remote)", "DATA", async c =>
        {
            c.Headers(1, RawClient.Get());
            c.Data(1);
            await c.ExpectErrorAsync(1, StreamClosed);
        }) { Settings = Stalled },
        new("5.1 half-closed (remote)", "HEADERS", async c =>
        {
            c.Headers(1, RawClient.Get());
            c.Headers(1, RawClient.Get());
            await c.ExpectErrorAsync(1, StreamClosed);
        }) { Settings = Stalled },
        new("5.1 half-closed (remote)", "CONTINUATION", async c =>
        {
            c.Headers(1, RawClient.Get());
            c.Continuation(1, RawBlock.Of("x-one: 1"));
            await c.ExpectErrorAsync(1, StreamClosed, ProtocolError);
        }) { Settings = Stalled },
        Reset("DATA", c => c.Data(1)),
        Reset("HEADERS", c => c.Headers(1, RawClient.Get())),
        Reset("CONTINUATION", c => c.Continuation(1, RawBlock.Of("x-one: 1")), isConnectionError: true),
        Closed("DATA", c => c.Data(1)),
        Closed("HEADERS", c => c.Headers(1, RawClient.Get())),
        Closed("CONTINUATION", c => c.Continuation(1, RawBlock.Of("x-one: 1")), isConnectionError: true),
        new("5.1.1", "an even stream id", async c =>
        {
            c.Headers(2, RawClient.Get());
            await c.ExpectConnectionErrorAsync(ProtocolError);
        }),
        new("5.1.1", "a stream id below one used before", async c =>
        {
            c.Headers(5, RawClient.Get());
            c.Headers(3, RawClient.Get());
            await c.ExpectConnectionErrorAsync(ProtocolError);
        }),
        new("5.1.2", "one stream more than SETTINGS_MAX_CONCURRENT_STREAMS", async c =>
        {
            for (var stream = 1; stream <= 201; stream += 2)
            {
                c.Headers(stream, RawClient.Get());
            }

            await c.ExpectStreamErrorAsync(201, RefusedStream);
        }) { Settings = Stalled },
        new("5.3.1", "HEADERS that depends on its own stream", async c =>
        {
            c.Frame(
                FrameType.Headers,
                FrameFlags.Priority | FrameFlags.EndStream | FrameFlags.EndHeaders,
                1,
                [.. RawScript.PriorityFields(1), .. RawClient.Get()]);
            await c.ExpectErrorAsync(1, ProtocolError);
        }),
        new("5.3.1", "PRIORITY that depends on its own stream", async c =>
        {
            c.Priority(2, 2);
            await c.ExpectErrorAsync(2, ProtocolError);
        }),
    ];

    private static ServerCase Idle(string frame, Action<RawClient> send) => new("5.1 idle", frame, async c =>
    {
        send(c);
        await c.ExpectConnectionErrorAsync(ProtocolError);
    });

    private static ServerCase Reset(string frame, Action<RawClient> send, bool isConnectionError = false) => new("5.1 closed by RST_STREAM", frame, async c =>
    {
        c.Headers(1, RawClient.Post(), end: false);
        c.RstStream(1);
        send(c);
        await (isConnectionError ? c.ExpectConnectionErrorAsync(ProtocolError, StreamClosed) : c.ExpectErrorAsync(1, StreamClosed));
    });

    private static ServerCase Closed(string frame, Action<RawClient> send, bool isConnectionError = false) => new("5.1 closed by END_STREAM", frame, async c =>
    {
        c.Headers(1, RawClient.Get());
        await c.ExpectFixedAnswerAsync();
        send(c);
        await (isConnectionError ? c.ExpectConnectionErrorAsync(ProtocolError, StreamClosed) : c.ExpectErrorAsync(1, StreamClosed));
    });
}
