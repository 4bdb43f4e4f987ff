using Engine.Fields;
using Engine.Http2;
using Engine.Http2.Frames;
using Engine.Testing;

namespace Engine.Tests.Http2;

/// <summary>What costs a peer one stream and leaves the others alone.</summary>
public class StreamErrorTests
{
    private static readonly (string Name, string Value)[] Get = [(":method", "GET"), (":scheme", "https"), (":authority", "a.test"), (":path", "/")];

    public static TheoryData<string> MalformedRequests() => [.. Malformed.Keys];

    private static readonly Dictionary<string, FieldList> Malformed = new()
    {
        ["an upper-case name"] = RawUpper(),
        ["an empty name"] = RawPeer.Fields([.. Get, ("", "x")]),
        ["a name with a space"] = RawPeer.Fields([.. Get, ("a b", "x")]),
        ["a name with a colon"] = RawPeer.Fields([.. Get, ("a:b", "x")]),
        ["a name above 0x7F"] = RawPeer.Fields([.. Get, ("\u00e9", "x")]),
        ["a value with NUL"] = RawPeer.Fields([.. Get, ("x", "a\0b")]),
        ["a value with CR"] = RawPeer.Fields([.. Get, ("x", "a\rb")]),
        ["a value with LF"] = RawPeer.Fields([.. Get, ("x", "a\nb")]),
        ["a value that begins with a space"] = RawPeer.Fields([.. Get, ("x", " a")]),
        ["a value that ends with a tab"] = RawPeer.Fields([.. Get, ("x", "a\t")]),
        ["connection"] = RawPeer.Fields([.. Get, ("connection", "close")]),
        ["keep-alive"] = RawPeer.Fields([.. Get, ("keep-alive", "1")]),
        ["proxy-connection"] = RawPeer.Fields([.. Get, ("proxy-connection", "close")]),
        ["transfer-encoding"] = RawPeer.Fields([.. Get, ("transfer-encoding", "chunked")]),
        ["upgrade"] = RawPeer.Fields([.. Get, ("upgrade", "websocket")]),
        ["te other than trailers"] = RawPeer.Fields([.. Get, ("te", "trailers, deflate")]),
        ["an unknown pseudo-field"] = RawPeer.Fields([.. Get, (":test", "x")]),
        ["a response's pseudo-field"] = RawPeer.Fields([.. Get, (":status", "200")]),
        ["a pseudo-field after an ordinary one"] = RawPeer.Fields([.. Get[..3], ("x", "y"), Get[3]]),
        ["no :method"] = RawPeer.Fields(Get[1..]),
        ["no :scheme"] = RawPeer.Fields([Get[0], .. Get[2..]]),
        ["no :path"] = RawPeer.Fields(Get[..3]),
        ["an empty :path"] = RawPeer.Fields([.. Get[..3], (":path", "")]),
        ["a :path without a slash"] = RawPeer.Fields([.. Get[..3], (":path", "a")]),
        ["an asterisk that is no OPTIONS"] = RawPeer.Fields([.. Get[..3], (":path", "*")]),
        ["a :path with a space"] = RawPeer.Fields([.. Get[..3], (":path", "/a b")]),
        ["an empty :scheme"] = RawPeer.Fields([Get[0], (":scheme", ""), .. Get[2..]]),
        ["a :method that is no token"] = RawPeer.Fields([(":method", "G T"), .. Get[1..]]),
        ["two :method"] = RawPeer.Fields([.. Get, Get[0]]),
        ["two :scheme"] = RawPeer.Fields([.. Get, Get[1]]),
        ["two :path"] = RawPeer.Fields([.. Get, Get[3]]),
        ["two :authority"] = RawPeer.Fields([.. Get, Get[2]]),
        ["user information"] = RawPeer.Fields([Get[0], Get[1], (":authority", "u@a.test"), Get[3]]),
        ["another Host"] = RawPeer.Fields([.. Get, ("host", "b.test")]),
        ["two Hosts"] = RawPeer.Fields([.. Get, ("host", "a.test"), ("host", "a.test")]),
        ["CONNECT with a :path"] = RawPeer.Fields((":method", "CONNECT"), (":authority", "a.test:1"), (":path", "/")),
        ["CONNECT without an :authority"] = RawPeer.Fields((":method", "CONNECT"), ("x", "y")),
        ["extended CONNECT that was not announced"] = RawPeer.Fields(
            (":method", "CONNECT"), (":protocol", "websocket"), (":scheme", "https"), (":path", "/"), (":authority", "a.test")),
        ["content-length that is no number"] = RawPeer.Fields([.. Get, ("content-length", "1x")]),
        ["content-length with a sign"] = RawPeer.Fields([.. Get, ("content-length", "+1")]),
        ["content-length beyond 63 bits"] = RawPeer.Fields([.. Get, ("content-length", "9999999999999999999")]),
        ["an empty content-length"] = RawPeer.Fields([.. Get, ("content-length", "")]),
        ["two content-lengths"] = RawPeer.Fields([.. Get, ("content-length", "1"), ("content-length", "1")]),
        ["content-length without a body"] = RawPeer.Fields([.. Get, ("content-length", "1")]),
    };

    [Theory]
    [MemberData(nameof(MalformedRequests))]
    public async Task A_malformed_request_is_reset(string fault)
    {
        await using var conversation = await Conversation.ServerAsync();
        var block = fault == "an upper-case name" ? UpperCaseBlock : conversation.Peer.Encode(Malformed[fault]);
        await conversation.Peer.SendFrameAsync(FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream, 1, block);
        await conversation.Peer.ExpectResetAsync(1, Http2ErrorCode.ProtocolError);
        Assert.Equal(3, (await conversation.AcceptAsync(3, endStream: true)).StreamId);
    }

    public static TheoryData<string> SoundRequests() => [.. Sound.Keys];

    private static readonly Dictionary<string, FieldList> Sound = new()
    {
        ["te: trailers"] = RawPeer.Fields([.. Get, ("te", "trailers")]),
        ["the same Host in another case"] = RawPeer.Fields([.. Get, ("host", "A.TEST")]),
        ["no :authority but Host"] = RawPeer.Fields([.. Get[..2], Get[3], ("host", "a.test")]),
        ["values above 0x7F"] = RawPeer.Fields([.. Get, ("x", "\u00e9\u00ff")]),
        ["an empty value"] = RawPeer.Fields([.. Get, ("x", "")]),
        ["OPTIONS *"] = RawPeer.Fields([(":method", "OPTIONS"), .. Get[1..3], (":path", "*")]),
        ["CONNECT"] = RawPeer.Fields((":method", "CONNECT"), (":authority", "a.test:443")),
        ["another scheme"] = RawPeer.Fields(Get[0], (":scheme", "urn"), (":path", "x:y")),
        ["content-length: 0"] = RawPeer.Fields([.. Get, ("content-length", "0")]),
    };

    [Theory]
    [MemberData(nameof(SoundRequests))]
    public async Task An_unusual_request_is_served(string request)
    {
        await using var conversation = await Conversation.ServerAsync();
        Assert.Equal(1, (await conversation.AcceptAsync(1, endStream: true, Sound[request])).StreamId);
    }

    [Fact]
    public async Task Less_data_than_announced_resets_the_stream_and_fails_the_reader()
    {
        await using var conversation = await Conversation.ServerAsync();
        var stream = await conversation.AcceptAsync(1, endStream: false, RawPeer.Request("POST", fields: [("content-length", "10")]));
        await conversation.Peer.SendDataAsync(1, "short", endStream: true);
        await conversation.Peer.ExpectResetAsync(1, Http2ErrorCode.ProtocolError);
        await Assert.ThrowsAsync<Http2StreamResetException>(() => stream.Transport.Input.ReadAsync().Within());
        Assert.Null(stream.ResetCode);
    }

    [Fact]
    public async Task More_data_than_announced_resets_the_stream()
    {
        await using var conversation = await Conversation.ServerAsync();
        await conversation.AcceptAsync(1, endStream: false, RawPeer.Request("POST", fields: [("content-length", "3")]));
        await conversation.Peer.SendDataAsync(1, "long");
        await conversation.Peer.ExpectResetAsync(1, Http2ErrorCode.ProtocolError);
        await conversation.Peer.ExpectAliveAsync();
    }

    [Fact]
    public async Task Trailers_before_the_announced_length_reset_the_stream()
    {
        await using var conversation = await Conversation.ServerAsync();
        await conversation.AcceptAsync(1, endStream: false, RawPeer.Request("POST", fields: [("content-length", "3")]));
        await conversation.Peer.SendHeadersAsync(1, RawPeer.Fields(("x", "y")), endStream: true);
        await conversation.Peer.ExpectResetAsync(1, Http2ErrorCode.ProtocolError);
        Assert.Equal(0, conversation.Connection.ActiveStreamCount);
    }

    [Theory]
    [InlineData(":path", "/", true, Http2ErrorCode.ProtocolError)]
    [InlineData("connection", "close", true, Http2ErrorCode.ProtocolError)]
    [InlineData("x", "y", false, Http2ErrorCode.ProtocolError)]
    public async Task Faulty_trailers_reset_the_stream(string name, string value, bool endStream, Http2ErrorCode code)
    {
        await using var conversation = await Conversation.ServerAsync();
        await conversation.AcceptAsync(1, endStream: false);
        await conversation.Peer.SendHeadersAsync(1, RawPeer.Fields((name, value)), endStream);
        await conversation.Peer.ExpectResetAsync(1, code);
        await conversation.Peer.ExpectAliveAsync();
    }

    [Fact]
    public async Task Trailers_that_are_too_large_reset_the_stream()
    {
        await using var conversation = await Conversation.ServerAsync();
        await conversation.AcceptAsync(1, endStream: false);
        await conversation.Peer.SendHeadersAsync(1, RawPeer.Fields(("x", new string('x', 65 << 10))), endStream: true);
        await conversation.Peer.ExpectResetAsync(1, Http2ErrorCode.EnhanceYourCalm);
        await conversation.Peer.ExpectAliveAsync();
    }

    [Fact]
    public async Task Frames_after_the_end_of_a_request_reset_its_stream()
    {
        await using var conversation = await Conversation.ServerAsync();
        await conversation.AcceptAsync(1, endStream: true);
        await conversation.Peer.SendDataAsync(1, "late");
        await conversation.Peer.ExpectResetAsync(1, Http2ErrorCode.StreamClosed);
        await conversation.AcceptAsync(3, endStream: true);
        await conversation.Peer.SendHeadersAsync(3, RawPeer.Fields(("x", "y")), endStream: true);
        await conversation.Peer.ExpectResetAsync(3, Http2ErrorCode.StreamClosed);
        await conversation.Peer.ExpectAliveAsync();
    }

    [Fact]
    public async Task Frames_after_a_reset_of_the_peers_own_are_errors_of_the_stream()
    {
        await using var conversation = await Conversation.ServerAsync();
        await conversation.AcceptAsync(1, endStream: false);
        await conversation.Peer.SendResetAsync(1, Http2ErrorCode.Cancel);
        await conversation.Peer.SendDataAsync(1, "late");
        await conversation.Peer.ExpectResetAsync(1, Http2ErrorCode.StreamClosed);
        await conversation.AcceptAsync(3, endStream: false);
        await conversation.Peer.SendResetAsync(3, Http2ErrorCode.Cancel);
        await conversation.Peer.SendHeadersAsync(3, RawPeer.Fields(("x", "y")), endStream: true);
        await conversation.Peer.ExpectResetAsync(3, Http2ErrorCode.StreamClosed);
        await conversation.Peer.ExpectAliveAsync();
    }

    [Fact]
    public async Task Frames_that_cross_a_reset_of_ours_are_ignored()
    {
        await using var conversation = await Conversation.ServerAsync();
        var stream = await conversation.AcceptAsync(1, endStream: false);
        stream.Reset(Http2ErrorCode.Cancel);
        await conversation.Peer.SendDataAsync(1, "late");
        await conversation.Peer.SendWindowUpdateAsync(1, 1);
        await conversation.Peer.SendWindowUpdateAsync(1, 0);
        await conversation.Peer.SendHeadersAsync(1, RawPeer.Fields(("x", "y")), endStream: true);
        await conversation.Peer.SendResetAsync(1, Http2ErrorCode.Cancel);
        await conversation.Peer.ExpectResetAsync(1, Http2ErrorCode.Cancel);
        await conversation.Peer.ExpectAliveAsync();
    }

    [Fact]
    public async Task Window_updates_can_break_one_stream_alone()
    {
        await using var conversation = await Conversation.ServerAsync();
        await conversation.AcceptAsync(1, endStream: false);
        await conversation.Peer.SendWindowUpdateAsync(1, int.MaxValue);
        await conversation.Peer.ExpectResetAsync(1, Http2ErrorCode.FlowControlError);
        await conversation.AcceptAsync(3, endStream: false);
        await conversation.Peer.SendFrameAsync(FrameType.WindowUpdate, FrameFlags.None, 3, 0, 0, 0, 0);
        await conversation.Peer.ExpectResetAsync(3, Http2ErrorCode.ProtocolError);
        await conversation.Peer.ExpectAliveAsync();
    }

    [Fact]
    public async Task A_stream_that_depends_on_itself_is_reset()
    {
        await using var conversation = await Conversation.ServerAsync();
        await conversation.Peer.SendFrameAsync(
            FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream | FrameFlags.Priority, 1, [0, 0, 0, 1, 16, .. conversation.Peer.Encode(RawPeer.Request())]);
        await conversation.Peer.ExpectResetAsync(1, Http2ErrorCode.ProtocolError);
        await conversation.Peer.SendFrameAsync(FrameType.Priority, FrameFlags.None, 3, 0, 0, 0, 3, 16);
        await conversation.Peer.ExpectResetAsync(3, Http2ErrorCode.ProtocolError);
        await conversation.Peer.SendFrameAsync(FrameType.Priority, FrameFlags.None, 5, 0, 0, 0, 0);
        await conversation.Peer.ExpectResetAsync(5, Http2ErrorCode.FrameSizeError);
        await conversation.Peer.SendFrameAsync(FrameType.Priority, FrameFlags.None, 7, 0, 0, 0, 0, 1);
        await conversation.Peer.SendFrameAsync(
            FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream | FrameFlags.Priority | FrameFlags.Padded,
            9, [2, 0x80, 0, 0, 1, 16, .. conversation.Peer.Encode(RawPeer.Request()), 0, 0]);
        Assert.Equal(9, (await conversation.AcceptAsync()).StreamId);
    }

    [Fact]
    public async Task More_data_than_the_streams_window_resets_the_stream()
    {
        var options = Http2ConnectionOptions.Public();
        options.InitialStreamWindow = 1000;
        await using var conversation = await Conversation.ServerAsync(options);
        await conversation.AcceptAsync(1, endStream: false);
        await conversation.Peer.SendDataAsync(1, new byte[1000]);
        await conversation.Peer.ExpectAliveAsync();
        await conversation.Peer.SendDataAsync(1, new byte[1]);
        await conversation.Peer.ExpectResetAsync(1, Http2ErrorCode.FlowControlError);
        await conversation.Peer.ExpectAliveAsync();
    }

    private static FieldList RawUpper() => RawPeer.Fields(Get);

    // The encoder writes names in lower case, so that this head is made by hand: GET https / :authority a, then a literal "X: y".
    private static byte[] UpperCaseBlock => [0x82, 0x87, 0x84, 0x41, 0x01, (byte)'a', 0x00, 0x01, (byte)'X', 0x01, (byte)'y'];
}
