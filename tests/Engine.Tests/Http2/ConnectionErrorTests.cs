using System.Buffers.Binary;
using Engine.Http2;
using Engine.Http2.Frames;
using Engine.Testing;

namespace Engine.Tests.Http2;

/// <summary>Everything that RFC 9113 calls a connection error, seen by a server.</summary>
public class ConnectionErrorTests
{
    private const FrameFlags EndHeaders = FrameFlags.EndHeaders;
    private const FrameFlags EndStream = FrameFlags.EndStream;

    public static TheoryData<string, Http2ErrorCode> Faults()
    {
        var data = new TheoryData<string, Http2ErrorCode>();
        foreach (var (name, fault) in All)
        {
            data.Add(name, fault.Code);
        }

        return data;
    }

    // Stream 1 is open, stream 3 has ended on both sides; the highest id used is 3.
    private static readonly Dictionary<string, (Http2ErrorCode Code, Func<RawPeer, byte[][]> Frames)> All = new()
    {
        ["DATA on stream 0"] = (Http2ErrorCode.ProtocolError, _ => [F(FrameType.Data, 0, 0, 1)]),
        ["DATA on an idle stream"] = (Http2ErrorCode.ProtocolError, _ => [F(FrameType.Data, 0, 99, 1)]),
        ["DATA on an even stream"] = (Http2ErrorCode.ProtocolError, _ => [F(FrameType.Data, 0, 2, 1)]),
        ["DATA with too much padding"] = (Http2ErrorCode.ProtocolError, _ => [F(FrameType.Data, FrameFlags.Padded, 1, 5, 1, 2)]),
        ["DATA without its pad length"] = (Http2ErrorCode.ProtocolError, _ => [F(FrameType.Data, FrameFlags.Padded, 1)]),
        ["HEADERS on stream 0"] = (Http2ErrorCode.ProtocolError, p => [F(FrameType.Headers, EndHeaders, 0, p.Encode(RawPeer.Request()))]),
        ["HEADERS on an even stream"] = (Http2ErrorCode.ProtocolError, p => [F(FrameType.Headers, EndHeaders, 4, p.Encode(RawPeer.Request()))]),
        ["HEADERS with too much padding"] = (Http2ErrorCode.ProtocolError, _ => [F(FrameType.Headers, EndHeaders | FrameFlags.Padded, 5, 9, 1)]),
        ["HEADERS shorter than its priority"] = (Http2ErrorCode.FrameSizeError, _ => [F(FrameType.Headers, EndHeaders | FrameFlags.Priority, 5, 0, 0)]),
        ["HEADERS for a stream that had ended"] = (Http2ErrorCode.StreamClosed, p => [F(FrameType.Headers, EndHeaders | EndStream, 3, p.Encode(RawPeer.Request()))]),
        ["HEADERS with a smaller id than before"] = (Http2ErrorCode.ProtocolError, p =>
            [F(FrameType.Headers, EndHeaders | EndStream, 9, p.Encode(RawPeer.Request())), F(FrameType.Headers, EndHeaders | EndStream, 5, p.Encode(RawPeer.Request()))]),
        ["HEADERS that do not decode"] = (Http2ErrorCode.CompressionError, _ => [F(FrameType.Headers, EndHeaders, 5, 0xFF, 0xFF, 0xFF)]),
        ["PRIORITY on stream 0"] = (Http2ErrorCode.ProtocolError, _ => [F(FrameType.Priority, 0, 0, 0, 0, 0, 1, 1)]),
        ["RST_STREAM on stream 0"] = (Http2ErrorCode.ProtocolError, _ => [F(FrameType.RstStream, 0, 0, 0, 0, 0, 8)]),
        ["RST_STREAM on an idle stream"] = (Http2ErrorCode.ProtocolError, _ => [F(FrameType.RstStream, 0, 99, 0, 0, 0, 8)]),
        ["RST_STREAM of three octets"] = (Http2ErrorCode.FrameSizeError, _ => [F(FrameType.RstStream, 0, 1, 0, 0, 8)]),
        ["SETTINGS on a stream"] = (Http2ErrorCode.ProtocolError, _ => [F(FrameType.Settings, 0, 1)]),
        ["SETTINGS of five octets"] = (Http2ErrorCode.FrameSizeError, _ => [F(FrameType.Settings, 0, 0, 0, 0, 0, 0, 0)]),
        ["SETTINGS acknowledgement with a payload"] = (Http2ErrorCode.FrameSizeError, _ => [F(FrameType.Settings, FrameFlags.Ack, 0, 0, 0, 0, 0, 0, 0)]),
        ["ENABLE_PUSH of 2"] = (Http2ErrorCode.ProtocolError, _ => [Setting(2, 2)]),
        ["INITIAL_WINDOW_SIZE of 2^31"] = (Http2ErrorCode.FlowControlError, _ => [Setting(4, 1u << 31)]),
        ["MAX_FRAME_SIZE of 16383"] = (Http2ErrorCode.ProtocolError, _ => [Setting(5, 16383)]),
        ["MAX_FRAME_SIZE of 2^24"] = (Http2ErrorCode.ProtocolError, _ => [Setting(5, 1 << 24)]),
        ["ENABLE_CONNECT_PROTOCOL taken back"] = (Http2ErrorCode.ProtocolError, _ => [Setting(8, 1), Setting(8, 0)]),
        ["INITIAL_WINDOW_SIZE that overflows a window"] = (Http2ErrorCode.FlowControlError, _ =>
            [F(FrameType.WindowUpdate, 0, 1, U32(1 << 30)), Setting(4, int.MaxValue)]),
        ["PUSH_PROMISE"] = (Http2ErrorCode.ProtocolError, p => [F(FrameType.PushPromise, EndHeaders, 1, [0, 0, 0, 2, .. p.Encode(RawPeer.Request())])]),
        ["PING on a stream"] = (Http2ErrorCode.ProtocolError, _ => [F(FrameType.Ping, 0, 1, new byte[8])]),
        ["PING of seven octets"] = (Http2ErrorCode.FrameSizeError, _ => [F(FrameType.Ping, 0, 0, new byte[7])]),
        ["GOAWAY on a stream"] = (Http2ErrorCode.ProtocolError, _ => [F(FrameType.GoAway, 0, 1, new byte[8])]),
        ["GOAWAY of seven octets"] = (Http2ErrorCode.FrameSizeError, _ => [F(FrameType.GoAway, 0, 0, new byte[7])]),
        ["WINDOW_UPDATE of zero on the connection"] = (Http2ErrorCode.ProtocolError, _ => [F(FrameType.WindowUpdate, 0, 0, U32(0))]),
        ["WINDOW_UPDATE that overflows the connection"] = (Http2ErrorCode.FlowControlError, _ => [F(FrameType.WindowUpdate, 0, 0, U32(int.MaxValue))]),
        ["WINDOW_UPDATE on an idle stream"] = (Http2ErrorCode.ProtocolError, _ => [F(FrameType.WindowUpdate, 0, 99, U32(1))]),
        ["WINDOW_UPDATE of five octets"] = (Http2ErrorCode.FrameSizeError, _ => [F(FrameType.WindowUpdate, 0, 0, new byte[5])]),
        ["CONTINUATION without HEADERS"] = (Http2ErrorCode.ProtocolError, _ => [F(FrameType.Continuation, EndHeaders, 1)]),
        ["CONTINUATION after a whole head"] = (Http2ErrorCode.ProtocolError, p =>
            [F(FrameType.Headers, EndHeaders | EndStream, 5, p.Encode(RawPeer.Request())), F(FrameType.Continuation, EndHeaders, 5)]),
        ["CONTINUATION on another stream"] = (Http2ErrorCode.ProtocolError, p =>
            [F(FrameType.Headers, 0, 5, p.Encode(RawPeer.Request())), F(FrameType.Continuation, EndHeaders, 7)]),
        ["DATA inside of a field block"] = (Http2ErrorCode.ProtocolError, p =>
            [F(FrameType.Headers, 0, 5, p.Encode(RawPeer.Request())), F(FrameType.Data, 0, 1, 1)]),
        ["an unknown frame inside of a field block"] = (Http2ErrorCode.ProtocolError, p =>
            [F(FrameType.Headers, 0, 5, p.Encode(RawPeer.Request())), F((FrameType)99, 0, 0)]),
        ["a frame beyond MAX_FRAME_SIZE"] = (Http2ErrorCode.FrameSizeError, _ => [F(FrameType.Data, 0, 1, new byte[16385])]),
        ["an unknown frame beyond MAX_FRAME_SIZE"] = (Http2ErrorCode.FrameSizeError, _ => [F((FrameType)99, 0, 0, new byte[16385])]),
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task It_ends_the_connection(string fault, Http2ErrorCode code)
    {
        await using var conversation = await Conversation.ServerAsync();
        var open = await conversation.AcceptAsync(1, endStream: false);
        var ended = await conversation.AcceptAsync(3, endStream: true);
        ended.WriteHead(RawPeer.Response(204), endStream: true);
        await conversation.Peer.ExpectHeadersAsync(3, endStream: true);
        var read = open.Transport.Input.ReadAsync();

        foreach (var frame in All[fault].Frames(conversation.Peer))
        {
            await conversation.Peer.SendAsync(frame);
        }

        await conversation.Peer.ExpectConnectionErrorAsync(code);
        await conversation.Peer.Transport.Transport.Output.CompleteAsync();
        var end = await conversation.Run.Within();
        Assert.Equal((Http2EndedBy.Local, code), (end.EndedBy, end.Code));
        Assert.False(end.IsClean);
        await Assert.ThrowsAnyAsync<IOException>(Failing);

        async Task Failing()
        {
            try
            {
                await read.Within();
            }
            catch (OperationCanceledException aborted)
            {
                throw new IOException("aborted", aborted); // ConnectionAbortedException is one of these.
            }
        }
    }

    [Fact]
    public async Task Garbage_instead_of_the_preface_is_refused_at_its_first_wrong_octet()
    {
        await using var conversation = Conversation.NewServer();
        await conversation.Peer.SendAsync("PRI * HTTP/1"u8.ToArray());
        await conversation.Peer.ExpectConnectionErrorAsync(Http2ErrorCode.ProtocolError);
    }

    [Fact]
    public async Task The_first_frame_must_be_settings()
    {
        await using var conversation = Conversation.NewServer();
        await conversation.Peer.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());
        await conversation.Peer.SendFrameAsync(FrameType.Ping, FrameFlags.None, 0, new byte[8]);
        await conversation.Peer.ExpectConnectionErrorAsync(Http2ErrorCode.ProtocolError);
    }

    [Fact]
    public async Task An_acknowledgement_is_no_first_frame()
    {
        await using var conversation = Conversation.NewServer();
        await conversation.Peer.SendAsync("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray());
        await conversation.Peer.SendAsync(FrameWriter.WriteSettingsAck);
        await conversation.Peer.ExpectConnectionErrorAsync(Http2ErrorCode.ProtocolError);
    }

    [Fact]
    public async Task More_data_than_the_connection_window_is_an_error()
    {
        var options = Http2ConnectionOptions.Public();
        options.ConnectionWindow = 65_535;
        options.InitialStreamWindow = 1 << 20;
        await using var conversation = await Conversation.ServerAsync(options);
        await conversation.AcceptAsync(1, endStream: false);
        for (var i = 0; i < 4; i++)
        {
            await conversation.Peer.SendDataAsync(1, new byte[16384]);
        }

        await conversation.Peer.ExpectConnectionErrorAsync(Http2ErrorCode.FlowControlError);
    }

    [Fact]
    public async Task Unknown_frames_flags_settings_and_reserved_bits_mean_nothing()
    {
        await using var conversation = await Conversation.ServerAsync();
        await conversation.Peer.SendFrameAsync((FrameType)0x42, (FrameFlags)0xFF, 0, 1, 2, 3);
        await conversation.Peer.SendFrameAsync((FrameType)0x42, (FrameFlags)0xFF, 77, 1, 2, 3);
        await conversation.Peer.SendAsync(Setting(0x4242, 7));
        await conversation.Peer.SendSettingsAsync((9, 1));
        var ping = RawPeer.Frame(FrameType.Ping, (FrameFlags)0xFE, 0, new byte[8]);
        ping[5] |= 0x80;
        await conversation.Peer.SendAsync(ping);
        await conversation.Peer.SendSettingsAsync();
        await conversation.Peer.ExpectAliveAsync();
        await conversation.Peer.SendAsync(FrameWriter.WriteSettingsAck);
        await conversation.Peer.SendFrameAsync(FrameType.Ping, FrameFlags.Ack, 0, new byte[8]);
        await conversation.Peer.ExpectAliveAsync();
    }

    private static byte[] F(FrameType type, FrameFlags flags, int streamId, params byte[] payload) => RawPeer.Frame(type, flags, streamId, payload);

    private static byte[] Setting(ushort id, uint value)
    {
        var payload = new byte[6];
        BinaryPrimitives.WriteUInt16BigEndian(payload, id);
        BinaryPrimitives.WriteUInt32BigEndian(payload.AsSpan(2), value);
        return F(FrameType.Settings, 0, 0, payload);
    }

    private static byte[] U32(int value)
    {
        var octets = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(octets, value);
        return octets;
    }
}
