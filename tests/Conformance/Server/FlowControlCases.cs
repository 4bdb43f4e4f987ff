using Engine.Conformance.Peers;
using Engine.Http2.Frames;
using static Engine.Http2.Http2ErrorCode;

namespace Engine.Conformance.Server;

/// <summary>WINDOW_UPDATE and the windows (RFC 9113 §5.2, §6.9).</summary>
internal static class FlowControlCases
{
    private const uint Largest = int.MaxValue;

    public static readonly ServerCase[] All =
    [
        new("6.9", "an increment of 0 on the connection", async c =>
        {
            c.WindowUpdate(0, 0);
            await c.ExpectConnectionErrorAsync(ProtocolError);
        }),
        new("6.9", "an increment of 0 on a stream", async c =>
        {
            c.Headers(1, RawClient.Post(), end: false);
            c.WindowUpdate(1, 0);
            await c.ExpectErrorAsync(1, ProtocolError);
        }),
        new("6.9", "another length than 4", async c =>
        {
            c.Frame(FrameType.WindowUpdate, FrameFlags.None, 0, [0, 0, 1]);
            await c.ExpectConnectionErrorAsync(FrameSizeError);
        }),
        new("6.9.1", "no more is sent than the window allows", async c =>
        {
            c.Headers(1, RawClient.Get());
            var data = await c.ReadUntilAsync(frame => frame.Type == FrameType.Data, "DATA came");
            Assert.Single(data.Payload);
            await c.ExpectAliveAsync();
            c.WindowUpdate(1, 1000);
            Assert.Equal(Engine.Http2.Host.Answers.Fixed.Length, (await c.ReadAnswerAsync(1)).Body.Count);
        }) { Settings = [(4, 1)] },
        new("6.9.1", "a connection window above 2^31-1", async c =>
        {
            c.WindowUpdate(0, Largest);
            c.WindowUpdate(0, Largest);
            await c.ExpectConnectionErrorAsync(FlowControlError);
        }),
        new("6.9.1", "a stream window above 2^31-1", async c =>
        {
            c.Headers(1, RawClient.Post(), end: false);
            c.WindowUpdate(1, Largest);
            c.WindowUpdate(1, Largest);
            await c.ExpectErrorAsync(1, FlowControlError);
        }),
        new("6.9.1", "more DATA than the stream's window", async c =>
        {
            // 2^16 octets fit the 128 KiB that a stream starts with; nobody reads while the echo is stalled.
            c.Headers(1, RawClient.Post(), end: false);
            for (var i = 0; i < 40; i++)
            {
                c.Data(1, 16_384, end: false);
            }

            await c.ExpectErrorAsync(1, FlowControlError);
        }) { Settings = [(4, 0)] },
        new("6.9.2", "a larger INITIAL_WINDOW_SIZE opens the windows of open streams", async c =>
        {
            c.Headers(1, RawClient.Get());
            await c.ExpectAliveAsync();
            c.Settings((4, 1));
            var data = await c.ReadUntilAsync(frame => frame.Type == FrameType.Data, "DATA came");
            Assert.Single(data.Payload);
        }) { Settings = [(4, 0)] },
        new("6.9.2", "a smaller INITIAL_WINDOW_SIZE may make a window negative", async c =>
        {
            c.Headers(1, RawClient.Get());
            var data = await c.ReadUntilAsync(frame => frame.Type == FrameType.Data, "DATA came");
            Assert.Equal(3, data.Payload.Length);
            c.Settings((4, 2)); // the window is -1
            c.WindowUpdate(1, 2);
            data = await c.ReadUntilAsync(frame => frame.Type == FrameType.Data, "DATA came");
            Assert.Single(data.Payload);
        }) { Settings = [(4, 3)] },
        new("6.9.2", "an INITIAL_WINDOW_SIZE that takes an open stream's window above 2^31-1", async c =>
        {
            c.Headers(1, RawClient.Post(), end: false);
            c.WindowUpdate(1, Largest - 65_535);
            c.Settings((4, 65_536));
            await c.ExpectConnectionErrorAsync(FlowControlError);
        }),
    ];
}
