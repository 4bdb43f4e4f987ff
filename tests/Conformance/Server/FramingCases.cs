using Engine.Conformance.Peers;
using Engine.Http2.Frames;
using static Engine.Http2.Http2ErrorCode;

namespace Engine.Conformance.Server;

/// <summary>The preface, the frame's shape, and what is unknown (RFC 9113 §3.4, §4, §5.5).</summary>
internal static class FramingCases
{
    public static readonly ServerCase[] All =
    [
        new("3.4", "the server's first frame is SETTINGS", async c =>
        {
            c.Raw(RawClient.Preface);
            c.Settings();
            var first = await c.ReadUntilAsync(_ => true, "a frame came");
            Assert.Equal(FrameType.Settings, first.Type);
            Assert.Equal(FrameFlags.None, first.Header.Flags);
            Assert.Equal(0, first.StreamId);
        }) { IsBare = true },
        new("3.4", "a wrong preface closes the connection", async c =>
        {
            c.Raw("PRI * HTTP/2.0\r\n\r\nSX\r\n\r\n"u8);
            c.Settings();
            await c.ExpectCloseAsync();
        }) { IsBare = true },
        new("3.4", "an HTTP/1.1 request closes the connection", async c =>
        {
            c.Raw("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8);
            await c.ExpectCloseAsync();
        }) { IsBare = true },
        new("3.4", "another frame before SETTINGS ends the connection", async c =>
        {
            c.Raw(RawClient.Preface);
            c.Headers(1, RawClient.Get());
            await c.ExpectConnectionErrorAsync(ProtocolError);
        }) { IsBare = true },
        new("4.1", "a frame of unknown type is ignored", async c =>
        {
            c.Frame((FrameType)0x16, FrameFlags.None, 0, "unknown"u8);
            await c.ExpectAliveAsync();
        }),
        new("4.1", "flags without a meaning are ignored", async c =>
        {
            c.Ping("flags-01", (FrameFlags)0x16);
            var answer = await c.ReadUntilAsync(frame => frame.Type == FrameType.Ping, "PING was answered");
            Assert.Equal(FrameFlags.Ack, answer.Header.Flags);
        }),
        new("4.1", "the reserved bit is ignored", async c =>
        {
            c.Raw([0, 0, 8, 6, 0, 0x80, 0, 0, 0, .. "reserved"u8]);
            var answer = await c.ReadUntilAsync(frame => frame.Type == FrameType.Ping, "PING was answered");
            Assert.Equal("reserved"u8.ToArray(), answer.Payload);
        }),
        new("4.2", "DATA of 16,384 octets is taken", async c =>
        {
            c.Headers(1, RawClient.Post(), end: false);
            c.Data(1, 16_384);
            Assert.Equal(16_384, (await c.ReadAnswerAsync(1)).Body.Count);
        }),
        new("4.2", "DATA longer than SETTINGS_MAX_FRAME_SIZE", async c =>
        {
            c.Headers(1, RawClient.Post(), end: false);
            c.Data(1, 16_385);
            await c.ExpectErrorAsync(1, FrameSizeError);
        }),
        new("4.2", "HEADERS longer than SETTINGS_MAX_FRAME_SIZE", async c =>
        {
            c.Headers(1, RawClient.Get($"x-long: {new string('x', 16_384)}"));
            await c.ExpectConnectionErrorAsync(FrameSizeError);
        }),
        new("4.3", "a field block that does not decode", async c =>
        {
            c.Headers(1, [0x40, 0xFF, 0xFF, 0xFF, 0xFF]);
            await c.ExpectConnectionErrorAsync(CompressionError);
        }),
        new("4.3", "PRIORITY inside a field block", async c =>
        {
            c.Headers(1, RawClient.Get(), whole: false);
            c.Priority(1, 0);
            c.Continuation(1, RawBlock.Of("x-one: 1"));
            await c.ExpectConnectionErrorAsync(ProtocolError);
        }),
        new("4.3", "HEADERS of another stream inside a field block", async c =>
        {
            c.Headers(1, RawClient.Get(), whole: false);
            c.Headers(3, RawClient.Get());
            await c.ExpectConnectionErrorAsync(ProtocolError);
        }),
        new("5.4.1", "after a connection error the connection is closed", async c =>
        {
            c.Frame(FrameType.Ping, FrameFlags.None, 0, "short"u8);
            await c.ExpectConnectionErrorAsync(FrameSizeError);
        }),
        new("5.5", "an extension frame is ignored", async c =>
        {
            c.Frame((FrameType)0xFF, (FrameFlags)0xFF, 1, "extension"u8);
            await c.ExpectAliveAsync();
        }),
        new("5.5", "an extension frame inside a field block", async c =>
        {
            c.Headers(1, RawClient.Get(), whole: false);
            c.Frame((FrameType)0xFF, FrameFlags.None, 1, "extension"u8);
            c.Continuation(1, RawBlock.Of("x-one: 1"));
            await c.ExpectConnectionErrorAsync(ProtocolError);
        }),
    ];
}
