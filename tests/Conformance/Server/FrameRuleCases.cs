using Engine.Conformance.Peers;
using Engine.Http2.Frames;
using static Engine.Http2.Http2ErrorCode;

namespace Engine.Conformance.Server;

/// <summary>What is wrong with a single frame of a known type (RFC 9113 §6.1 to §6.4, §6.6 to §6.8, §7).</summary>
internal static class FrameRuleCases
{
    private static readonly (int, uint)[] Stalled = [(4, 0)];

    public static readonly ServerCase[] All =
    [
        Breaks("6.1", "DATA on stream 0", ProtocolError, c => c.Data(0)),
        new("6.1", "DATA on a stream that is half-closed", async c =>
        {
            c.Headers(1, RawClient.Get());
            c.Data(1);
            await c.ExpectErrorAsync(1, StreamClosed);
        }) { Settings = Stalled },
        Breaks("6.1", "DATA whose padding is as long as its payload", ProtocolError, c =>
        {
            c.Headers(1, RawClient.Post(), end: false);
            c.Frame(FrameType.Data, FrameFlags.Padded | FrameFlags.EndStream, 1, [5, .. "test"u8]);
        }),
        Breaks("6.2", "HEADERS that is not followed by its CONTINUATION but by PRIORITY", ProtocolError, c =>
        {
            c.Headers(1, RawClient.Get(), whole: false);
            c.Priority(1, 0);
        }),
        Breaks("6.2", "HEADERS that is not followed by its CONTINUATION but by HEADERS", ProtocolError, c =>
        {
            c.Headers(1, RawClient.Get(), whole: false);
            c.Headers(3, RawClient.Get());
        }),
        Breaks("6.2", "HEADERS on stream 0", ProtocolError, c => c.Headers(0, RawClient.Get())),
        Breaks("6.2", "HEADERS whose padding is longer than its payload", ProtocolError, c =>
        {
            var get = RawClient.Get();
            c.Frame(FrameType.Headers, FrameFlags.Padded | FrameFlags.EndHeaders | FrameFlags.EndStream, 1, [(byte)(get.Length + 1), .. get]);
        }),
        Breaks("6.3", "PRIORITY on stream 0", ProtocolError, c => c.Priority(0, 1)),
        new("6.3", "PRIORITY of another length than 5", async c =>
        {
            c.Headers(1, RawClient.Post(), end: false);
            c.Frame(FrameType.Priority, FrameFlags.None, 1, [0, 0, 0, 3]);
            await c.ExpectErrorAsync(1, FrameSizeError);
        }),
        Breaks("6.4", "RST_STREAM on stream 0", ProtocolError, c => c.RstStream(0)),
        Breaks("6.4", "RST_STREAM on an idle stream", ProtocolError, c => c.RstStream(1)),
        Breaks("6.4", "RST_STREAM of another length than 4", FrameSizeError, c =>
        {
            c.Headers(1, RawClient.Post(), end: false);
            c.Frame(FrameType.RstStream, FrameFlags.None, 1, [0, 0, 8]);
        }),
        Breaks("6.6", "PUSH_PROMISE from a client", ProtocolError, c =>
        {
            c.Headers(1, RawClient.Post(), end: false);
            c.Frame(FrameType.PushPromise, FrameFlags.EndHeaders, 1, [0, 0, 0, 2, .. RawClient.Get()]);
        }),
        new("6.7", "PING with ACK is not answered", async c =>
        {
            c.Ping("answered", FrameFlags.Ack);
            c.Ping("question");
            var answer = await c.ReadUntilAsync(frame => frame.Type == FrameType.Ping, "PING was answered");
            Assert.Equal("question"u8.ToArray(), answer.Payload);
        }),
        new("6.7", "PING is answered", async c =>
        {
            c.Ping("question");
            var answer = await c.ReadUntilAsync(frame => frame.Type == FrameType.Ping, "PING was answered");
            Assert.True(answer.Header.Has(FrameFlags.Ack));
        }),
        Breaks("6.7", "PING on a stream", ProtocolError, c => c.Ping(streamId: 1)),
        Breaks("6.7", "PING of another length than 8", FrameSizeError, c => c.Frame(FrameType.Ping, FrameFlags.None, 0, "ping"u8)),
        Breaks("6.8", "GOAWAY on a stream", ProtocolError, c => c.GoAway(0, streamId: 1)),
        Breaks("6.8", "GOAWAY shorter than 8", FrameSizeError, c => c.Frame(FrameType.GoAway, FrameFlags.None, 0, [0, 0, 0, 0])),
        new("7", "GOAWAY with an unknown code is a GOAWAY", async c =>
        {
            c.GoAway(0, (Engine.Http2.Http2ErrorCode)0xFF);
            await c.ExpectCloseAsync();
        }),
        new("7", "RST_STREAM with an unknown code is a RST_STREAM", async c =>
        {
            c.Headers(1, RawClient.Post(), end: false);
            c.RstStream(1, (Engine.Http2.Http2ErrorCode)0xFF);
            await c.ExpectAliveAsync();
        }),
    ];

    private static ServerCase Breaks(string section, string name, Engine.Http2.Http2ErrorCode code, Action<RawClient> send) => new(section, name, async c =>
    {
        send(c);
        await c.ExpectConnectionErrorAsync(code);
    });
}
