using Engine.Conformance.Peers;
using Engine.Http2.Frames;
using Engine.Testing;
using static Engine.Http2.Http2ErrorCode;

namespace Engine.Conformance.Client;

/// <summary>What a server may not do to the connection, and what a client keeps to itself (RFC 9113 §4 to §6).</summary>
internal static class ClientConnectionCases
{
    public static readonly ClientCase[] All =
    [
        Breaks("4.2", "a frame longer than SETTINGS_MAX_FRAME_SIZE", FrameSizeError, server => server.Headers(1, new byte[(64 << 10) + 1])),
        Breaks("4.3", "a field block that does not decode", CompressionError, server => server.Headers(1, [0x80])),
        Breaks("4.3", "another frame inside a field block", ProtocolError, server =>
        {
            server.Headers(1, RawServer.Ok(), whole: false);
            server.Ping();
        }),
        Breaks("5.1", "HEADERS on an idle stream", ProtocolError, server => server.Headers(3, RawServer.Ok())),
        Breaks("5.1", "DATA on an idle stream", ProtocolError, server => server.Data(3)),
        Breaks("5.1", "RST_STREAM on an idle stream", ProtocolError, server => server.RstStream(3)),
        Breaks("5.1", "WINDOW_UPDATE on an idle stream", ProtocolError, server => server.WindowUpdate(3, 1)),
        Breaks("5.1.1", "HEADERS on a stream of the server's own", ProtocolError, server => server.Headers(2, RawServer.Ok())),
        Breaks("6.1", "DATA on stream 0", ProtocolError, server => server.Data(0)),
        Breaks("6.1", "DATA whose padding is as long as its payload", ProtocolError, server =>
        {
            server.Headers(1, RawServer.Ok(), end: false);
            server.Frame(FrameType.Data, FrameFlags.Padded, 1, [4, .. "tes"u8]);
        }),
        Breaks("6.2", "HEADERS on stream 0", ProtocolError, server => server.Headers(0, RawServer.Ok())),
        Breaks("6.4", "RST_STREAM of another length than 4", FrameSizeError, server => server.Frame(FrameType.RstStream, FrameFlags.None, 1, [0, 0, 8])),
        Breaks("6.5", "ACK with a payload", FrameSizeError, server => server.Frame(FrameType.Settings, FrameFlags.Ack, 0, [0])),
        Breaks("6.5.2", "ENABLE_PUSH of 1 from a server", ProtocolError, server => server.Settings((2, 1))),
        Breaks("6.5.2", "INITIAL_WINDOW_SIZE above 2^31-1", FlowControlError, server => server.Settings((4, 0x8000_0000))),
        Breaks("6.5.2", "MAX_FRAME_SIZE below 2^14", ProtocolError, server => server.Settings((5, 1))),
        Breaks("6.6", "PUSH_PROMISE, which was not allowed", ProtocolError, server =>
            server.Frame(FrameType.PushPromise, FrameFlags.EndHeaders, 1, [0, 0, 0, 2, .. RawClient.Get()])),
        Breaks("6.7", "PING of another length than 8", FrameSizeError, server => server.Frame(FrameType.Ping, FrameFlags.None, 0, "ping"u8)),
        Breaks("6.8", "GOAWAY on a stream", ProtocolError, server => server.GoAway(0, streamId: 1)),
        Breaks("6.9", "an increment of 0 on the connection", ProtocolError, server => server.WindowUpdate(0, 0)),
        Breaks("6.9.1", "a connection window above 2^31-1", FlowControlError, server =>
        {
            server.WindowUpdate(0, int.MaxValue);
            server.WindowUpdate(0, int.MaxValue);
        }),
        Breaks("6.10", "CONTINUATION without a field block begun", ProtocolError, server => server.Continuation(1, RawServer.Ok())),
        new("6.9", "DATA on a stream that the client has reset is credited to the connection and not answered", async (server, stream) =>
        {
            stream.Reset(Cancel);
            await server.ReadUntilAsync(frame => frame.Type == FrameType.RstStream, "the stream was reset");
            server.Headers(1, RawServer.Ok(), end: false);
            for (var sent = 0L; sent < 16 << 20; sent += 16_384) // several times the connection's window
            {
                while (server.Credit < sent + 16_384)
                {
                    await server.ReadUntilAsync(frame => frame.Type == FrameType.WindowUpdate && frame.StreamId == 0, "credit came back");
                }

                server.Data(1, 16_384, end: false);
            }

            await server.ExpectAliveAsync();
        }),
        new("6.8", "a stream above the last one that GOAWAY names fails", async (server, stream) =>
        {
            server.GoAway(0);
            await server.FlushAsync();
            await RawServer.ExpectFailureAsync(stream);
            Assert.False(server.Connection.IsOpenForStreams);
        }),
        new("6.8", "a stream that GOAWAY includes is answered", async (server, stream) =>
        {
            server.GoAway(1);
            server.Headers(1, RawServer.Ok(), end: false);
            server.Data(1, "late");
            await server.FlushAsync();
            Assert.Equal("late", await RawServer.ReadBodyAsync(stream));
            await server.ExpectCloseAsync();
            await server.Ended.Within();
        }),
        new("6.4", "RST_STREAM fails the stream with its code", async (server, stream) =>
        {
            server.Headers(1, RawServer.Ok(), end: false);
            server.RstStream(1, EnhanceYourCalm);
            await server.ExpectAliveAsync();
            await RawServer.ExpectFailureAsync(stream);
            Assert.Equal(EnhanceYourCalm, stream.ResetCode);
        }),
    ];

    private static ClientCase Breaks(string section, string name, Engine.Http2.Http2ErrorCode code, Action<RawServer> send) => new(section, name, async (server, stream) =>
    {
        send(server);
        await server.ExpectConnectionErrorAsync(code);
        await RawServer.ExpectFailureAsync(stream);
        Assert.Equal(code, (await server.Ended.Within()).Code);
    });
}
