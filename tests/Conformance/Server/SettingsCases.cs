using Engine.Conformance.Peers;
using Engine.Http2.Frames;
using static Engine.Http2.Http2ErrorCode;

namespace Engine.Conformance.Server;

/// <summary>SETTINGS (RFC 9113 §6.5).</summary>
internal static class SettingsCases
{
    public static readonly ServerCase[] All =
    [
        Breaks("6.5", "ACK with a payload", FrameSizeError, c => c.Frame(FrameType.Settings, FrameFlags.Ack, 0, [0])),
        Breaks("6.5", "SETTINGS on a stream", ProtocolError, c => c.Frame(FrameType.Settings, FrameFlags.None, 1, [0, 3, 0, 0, 0, 100])),
        Breaks("6.5", "a length that is no multiple of 6", FrameSizeError, c => c.Frame(FrameType.Settings, FrameFlags.None, 0, [0, 3, 0])),
        Breaks("6.5.2", "ENABLE_PUSH of 2", ProtocolError, c => c.Settings((2, 2))),
        Breaks("6.5.2", "INITIAL_WINDOW_SIZE above 2^31-1", FlowControlError, c => c.Settings((4, 0x8000_0000))),
        Breaks("6.5.2", "MAX_FRAME_SIZE below 2^14", ProtocolError, c => c.Settings((5, 16_383))),
        Breaks("6.5.2", "MAX_FRAME_SIZE above 2^24-1", ProtocolError, c => c.Settings((5, 16_777_216))),
        new("6.5.2", "an unknown setting is ignored", async c =>
        {
            c.Settings((0xFF, 1));
            await c.ExpectAliveAsync();
        }),
        new("6.5.3", "of several values of one setting the last counts", async c =>
        {
            c.Settings((4, 100), (4, 1));
            c.Headers(1, RawClient.Get());
            var data = await c.ReadUntilAsync(frame => frame.Type == FrameType.Data, "DATA came");
            Assert.Single(data.Payload);
            Assert.False(data.EndsStream);
        }),
        new("6.5.3", "SETTINGS is acknowledged", async c =>
        {
            c.Settings((2, 0));
            await c.ReadUntilAsync(frame => frame.Type == FrameType.Settings && frame.Header.Has(FrameFlags.Ack), "SETTINGS was acknowledged");
        }),
        new("6.5.3", "an ACK that answers no SETTINGS does no harm", async c =>
        {
            c.Frame(FrameType.Settings, FrameFlags.Ack, 0);
            await c.ExpectAliveAsync();
        }),
    ];

    private static ServerCase Breaks(string section, string name, Engine.Http2.Http2ErrorCode code, Action<RawClient> send) => new(section, name, async c =>
    {
        send(c);
        await c.ExpectConnectionErrorAsync(code);
    });
}
