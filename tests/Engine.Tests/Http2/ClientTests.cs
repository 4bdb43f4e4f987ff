using Engine.Fields;
using Engine.Http2;
using Engine.Http2.Frames;
using Engine.Testing;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Engine.Tests.Http2;

/// <summary>The client role against a raw server.</summary>
public class ClientTests
{
    [Fact]
    public async Task The_client_sends_preface_and_settings_without_push_and_opens_odd_streams()
    {
        await using var conversation = Conversation.NewClient();
        await conversation.SkipPrefaceAsync();
        var settings = await conversation.Peer.ExpectAsync(FrameType.Settings);
        ReadOnlySpan<byte> payload = settings.Payload;
        Assert.True(FramePayload.TryReadSetting(ref payload, out var first));
        Assert.Equal(new Setting(SettingId.EnablePush, 0), first);
        Assert.False(conversation.Connection.IsOpenForStreams);
        Assert.Equal(100, conversation.Connection.AvailableSlots);
        Assert.False(conversation.Connection.SettingsReceived.IsCompleted);
        await conversation.Peer.SendSettingsAsync((3, 7), (1, 100), (2, 0), (5, 20_000), (6, 50_000), (8, 1), (4, 70_000));
        await conversation.Connection.SettingsReceived.Within();
        Assert.Equal(new Http2PeerSettings(100, false, 7, 70_000, 20_000, 50_000, true), conversation.Connection.PeerSettings);
        Assert.True(conversation.Connection.IsOpenForStreams);
        Assert.Equal(7, conversation.Connection.AvailableSlots);
        Assert.Equal(1, (await conversation.OpenAsync(endStream: true)).StreamId);
        Assert.Equal(3, (await conversation.OpenAsync(endStream: true)).StreamId);
        Assert.Equal(5, conversation.Connection.AvailableSlots);
    }

    [Fact]
    public async Task A_request_is_sent_and_every_part_of_its_answer_is_read()
    {
        await using var conversation = await Conversation.ClientAsync();
        var stream = await conversation.OpenAsync(endStream: false, RawPeer.Request("POST", "/upload"));
        var waiting = stream.ReadHeadAsync();
        Assert.False(waiting.IsCompleted);
        await stream.Transport.Output.WriteTextAsync("question");
        stream.WriteTrailers(RawPeer.Fields(("x-sum", "8")));
        Assert.Equal("question"u8.ToArray(), await conversation.Peer.ExpectDataAsync(1, endStream: false));
        await conversation.Peer.ExpectHeadersAsync(1, endStream: true);

        await conversation.Peer.SendHeadersAsync(1, RawPeer.Response(100), endStream: false);
        Assert.Equal("100", (await waiting.Within()).GetString(":status"u8));
        await conversation.Peer.SendHeadersAsync(1, RawPeer.Response(103, ("link", "</a>")), endStream: false);
        await conversation.Peer.SendHeadersAsync(1, RawPeer.Response(200, ("content-length", "6")), endStream: false);
        await conversation.Peer.SendDataAsync(1, "answer");
        await conversation.Peer.SendHeadersAsync(1, RawPeer.Fields(("grpc-status", "0")), endStream: true);
        Assert.Equal("103", (await stream.ReadHeadAsync()).GetString(":status"u8));
        Assert.Equal("200", (await stream.ReadHeadAsync()).GetString(":status"u8));
        Assert.Equal("200", (await stream.ReadHeadAsync()).GetString(":status"u8));
        Assert.Equal("200", stream.Head.GetString(":status"u8));
        Assert.Equal("answer", await stream.Transport.Input.ReadTextAsync());
        Assert.Equal("0", stream.Trailers!.GetString("grpc-status"u8));
        Assert.Equal(0, conversation.Connection.ActiveStreamCount);
        await stream.DisposeAsync();
        await conversation.Peer.ExpectAliveAsync();
    }

    [Theory]
    [InlineData("HEAD", 200, "1000")]
    [InlineData("GET", 304, "1000")]
    [InlineData("GET", 204, "")]
    public async Task Answers_that_have_no_content_may_announce_some(string method, int status, string length)
    {
        await using var conversation = await Conversation.ClientAsync();
        var stream = await conversation.OpenAsync(endStream: true, RawPeer.Request(method));
        var head = length.Length == 0 ? RawPeer.Response(status) : RawPeer.Response(status, ("content-length", length));
        await conversation.Peer.SendHeadersAsync(1, head, endStream: true);
        await stream.ReadHeadAsync().Within();
        Assert.True(stream.IsInputEmpty);
        Assert.Empty(await stream.Transport.Input.ReadAllAsync());
    }

    [Theory]
    [InlineData("HEAD", 200)]
    [InlineData("GET", 304)]
    public async Task Content_where_there_can_be_none_resets_the_stream(string method, int status)
    {
        await using var conversation = await Conversation.ClientAsync();
        await conversation.OpenAsync(endStream: true, RawPeer.Request(method));
        await conversation.Peer.SendHeadersAsync(1, RawPeer.Response(status), endStream: false);
        await conversation.Peer.SendDataAsync(1, "x");
        await conversation.Peer.ExpectResetAsync(1, Http2ErrorCode.ProtocolError);
        await conversation.Peer.ExpectAliveAsync();
    }

    public static TheoryData<string> MalformedAnswers() => [.. Malformed.Keys];

    private static readonly Dictionary<string, FieldList> Malformed = new()
    {
        ["no :status"] = RawPeer.Fields(("x", "y")),
        ["two :status"] = RawPeer.Fields((":status", "200"), (":status", "200")),
        ["a :status of two digits"] = RawPeer.Fields((":status", "20")),
        ["a :status of letters"] = RawPeer.Fields((":status", "2x0")),
        ["a :status below 100"] = RawPeer.Fields((":status", "099")),
        ["101"] = RawPeer.Response(101),
        ["a request's pseudo-field"] = RawPeer.Fields((":status", "200"), (":path", "/")),
        ["a pseudo-field behind a field"] = RawPeer.Fields(("x", "y"), (":status", "200")),
        ["a field about the connection"] = RawPeer.Response(200, ("connection", "close")),
        ["two content-lengths"] = RawPeer.Response(200, ("content-length", "1"), ("content-length", "2")),
        ["content-length without content"] = RawPeer.Response(200, ("content-length", "1")),
        ["1xx with END_STREAM"] = RawPeer.Response(103),
    };

    [Theory]
    [MemberData(nameof(MalformedAnswers))]
    public async Task A_malformed_answer_resets_the_stream(string fault)
    {
        await using var conversation = await Conversation.ClientAsync();
        var stream = await conversation.OpenAsync(endStream: true);
        await conversation.Peer.SendHeadersAsync(1, Malformed[fault], endStream: true);
        await conversation.Peer.ExpectResetAsync(1, Http2ErrorCode.ProtocolError);
        await Assert.ThrowsAsync<Http2StreamResetException>(() => stream.ReadHeadAsync().Within());
        await conversation.Peer.ExpectAliveAsync();
    }

    [Fact]
    public async Task Data_before_the_head_resets_the_stream()
    {
        await using var conversation = await Conversation.ClientAsync();
        await conversation.OpenAsync(endStream: true);
        await conversation.Peer.SendDataAsync(1, "x");
        await conversation.Peer.ExpectResetAsync(1, Http2ErrorCode.ProtocolError);
        await conversation.Peer.ExpectAliveAsync();
    }

    [Fact]
    public async Task A_head_that_is_too_large_resets_the_stream()
    {
        var options = Http2ConnectionOptions.Tunnel();
        options.MaxHeaderListSize = 2000;
        await using var conversation = await Conversation.ClientAsync(options);
        await conversation.OpenAsync(endStream: true);
        await conversation.Peer.SendHeadersAsync(1, RawPeer.Response(200, ("x", new string('0', 2000))), endStream: true);
        await conversation.Peer.ExpectResetAsync(1, Http2ErrorCode.EnhanceYourCalm);
        await conversation.Peer.ExpectAliveAsync();
    }

    [Fact]
    public async Task A_flood_of_informational_heads_resets_the_stream()
    {
        await using var conversation = await Conversation.ClientAsync();
        await conversation.OpenAsync(endStream: true);
        for (var i = 0; i < 17; i++)
        {
            await conversation.Peer.SendHeadersAsync(1, RawPeer.Response(103), endStream: false);
        }

        await conversation.Peer.ExpectResetAsync(1, Http2ErrorCode.EnhanceYourCalm);
        await conversation.Peer.ExpectAliveAsync();
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    public async Task Heads_on_streams_that_nobody_opened_end_the_connection(int streamId)
    {
        await using var conversation = await Conversation.ClientAsync();
        await conversation.OpenAsync(endStream: true);
        await conversation.Peer.SendHeadersAsync(streamId, RawPeer.Response(200), endStream: true);
        await conversation.Peer.ExpectConnectionErrorAsync(Http2ErrorCode.ProtocolError);
    }

    [Fact]
    public async Task Push_is_refused_however_it_is_tried()
    {
        await using (var conversation = await Conversation.ClientAsync())
        {
            await conversation.Peer.SendSettingsAsync((2, 1));
            await conversation.Peer.ExpectConnectionErrorAsync(Http2ErrorCode.ProtocolError);
        }

        await using (var conversation = await Conversation.ClientAsync())
        {
            await conversation.OpenAsync(endStream: true);
            await conversation.Peer.SendFrameAsync(FrameType.PushPromise, FrameFlags.EndHeaders, 1, [0, 0, 0, 2, 0x82]);
            await conversation.Peer.ExpectConnectionErrorAsync(Http2ErrorCode.ProtocolError);
        }
    }

    [Fact]
    public async Task A_server_that_resets_fails_every_wait_with_its_code()
    {
        await using var conversation = await Conversation.ClientAsync(null, (4, 0));
        var stream = await conversation.OpenAsync(endStream: false);
        var head = stream.ReadHeadAsync();
        var flush = stream.Transport.Output.WriteTextAsync("waits");
        await conversation.Peer.SendResetAsync(1, Http2ErrorCode.RefusedStream);
        Assert.True((await Assert.ThrowsAsync<Http2StreamResetException>(() => head.Within())).IsSafeToRetry);
        await Assert.ThrowsAsync<Http2StreamResetException>(() => flush);
        await Assert.ThrowsAsync<Http2StreamResetException>(() => stream.ReadHeadAsync().Within());
        await stream.DisposeAsync();
    }

    [Fact]
    public async Task A_head_that_came_before_the_reset_can_still_be_read()
    {
        await using var conversation = await Conversation.ClientAsync();
        var stream = await conversation.OpenAsync(endStream: true);
        await conversation.Peer.SendHeadersAsync(1, RawPeer.Response(200), endStream: false);
        await conversation.Peer.SendResetAsync(1, Http2ErrorCode.InternalError);
        Assert.Equal("200", (await stream.ReadHeadAsync().Within()).GetString(":status"u8));
        await Assert.ThrowsAsync<Http2StreamResetException>(() => stream.Transport.Input.ReadAsync().Within());
    }

    [Fact]
    public async Task An_answer_in_full_survives_the_refusal_of_the_rest_of_its_request()
    {
        await using var conversation = await Conversation.ClientAsync(null, (4, 0));
        var stream = await conversation.OpenAsync(endStream: false);
        var closed = stream.ConnectionClosed;
        var flush = stream.Transport.Output.WriteTextAsync("waits");
        await conversation.Peer.SendHeadersAsync(1, RawPeer.Response(413), endStream: false);
        await conversation.Peer.SendDataAsync(1, "too large", endStream: true);
        await conversation.Peer.SendResetAsync(1, Http2ErrorCode.NoError);
        var refused = await Assert.ThrowsAsync<Http2StreamResetException>(() => flush);
        Assert.Equal(Http2ErrorCode.NoError, refused.ErrorCode);
        Assert.Equal(Http2ErrorCode.NoError, stream.ResetCode);
        Assert.False(closed.IsCancellationRequested);
        Assert.False(stream.ConnectionClosed.IsCancellationRequested);
        Assert.Equal("413", (await stream.ReadHeadAsync().Within()).GetString(":status"u8));
        Assert.Equal("too large", await stream.Transport.Input.ReadTextAsync());
    }

    [Fact]
    public async Task A_client_that_lets_go_early_cancels()
    {
        await using var conversation = await Conversation.ClientAsync();
        var stream = await conversation.OpenAsync(endStream: true);
        await stream.DisposeAsync();
        await conversation.Peer.ExpectResetAsync(1, Http2ErrorCode.Cancel);
        await conversation.Peer.SendHeadersAsync(1, RawPeer.Response(200), endStream: true); // Was on its way.
        await conversation.Peer.ExpectAliveAsync();
        var aborted = await conversation.OpenAsync(endStream: false);
        aborted.Abort();
        await conversation.Peer.ExpectResetAsync(3, Http2ErrorCode.Cancel);
    }

    [Fact]
    public async Task Streams_beyond_the_servers_limit_wait_for_a_slot_in_order()
    {
        await using var conversation = await Conversation.ClientAsync(null, (3, 1));
        var first = await conversation.OpenAsync(endStream: true);
        var second = conversation.Connection.OpenStreamAsync(RawPeer.Request(), true).AsTask();
        using var cancel = new CancellationTokenSource();
        var canceled = conversation.Connection.OpenStreamAsync(RawPeer.Request(), true, cancel.Token).AsTask();
        var third = conversation.Connection.OpenStreamAsync(RawPeer.Request(), true).AsTask();
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => canceled.Within());
        await conversation.Peer.ExpectAliveAsync();
        Assert.False(second.IsCompleted);
        Assert.Equal(0, conversation.Connection.AvailableSlots);

        await conversation.Peer.SendHeadersAsync(1, RawPeer.Response(204), endStream: true);
        Assert.Equal(3, (await second.Within()).StreamId);
        await conversation.Peer.ExpectHeadersAsync(3, endStream: true);
        Assert.False(third.IsCompleted);
        await conversation.Peer.SendSettingsAsync((3, 2));
        Assert.Equal(5, (await third.Within()).StreamId);
        await first.DisposeAsync();
    }

    [Fact]
    public async Task Goaway_refuses_what_waits_and_what_was_not_served_and_lets_the_rest_finish()
    {
        await using var conversation = await Conversation.ClientAsync(null, (3, 2));
        var served = await conversation.OpenAsync(endStream: true);
        var unserved = await conversation.OpenAsync(endStream: true);
        var waiting = conversation.Connection.OpenStreamAsync(RawPeer.Request(), true).AsTask();
        var head = unserved.ReadHeadAsync();
        await conversation.Peer.SendAsync(output => FrameWriter.WriteGoAway(output, 1, Http2ErrorCode.NoError, "bye"u8));

        Assert.True((await Assert.ThrowsAsync<Http2StreamRefusedException>(() => waiting.Within())).IsSafeToRetry);
        Assert.True((await Assert.ThrowsAsync<Http2StreamResetException>(() => head.Within())).IsSafeToRetry);
        Assert.True(conversation.Connection.IsDraining);
        Assert.False(conversation.Connection.IsOpenForStreams);
        Assert.Equal(0, conversation.Connection.AvailableSlots);
        var refused = await Assert.ThrowsAsync<Http2StreamRefusedException>(() => conversation.Connection.OpenStreamAsync(RawPeer.Request(), true).Within());
        Assert.True(refused.IsSafeToRetry);

        await conversation.Peer.SendHeadersAsync(1, RawPeer.Response(204), endStream: true);
        await served.ReadHeadAsync().Within();
        await conversation.Peer.ExpectGoAwayAsync(Http2ErrorCode.NoError);
        await conversation.Peer.ExpectEndAsync();
        await conversation.Peer.Transport.Transport.Output.CompleteAsync();
        var end = await conversation.Run.Within();
        Assert.Equal((Http2EndedBy.Peer, Http2ErrorCode.NoError), (end.EndedBy, end.Code));
        Assert.True(end.IsClean);
        Assert.Contains("bye", end.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_runs_out_of_ids_drains_and_refuses_with_the_promise_that_nothing_was_sent()
    {
        var options = Http2ConnectionOptions.Tunnel();
        options.FirstStreamId = int.MaxValue - 2;
        await using var conversation = await Conversation.ClientAsync(options, (3, 1));
        var first = await conversation.OpenAsync(endStream: true);
        var last = conversation.Connection.OpenStreamAsync(RawPeer.Request(), true).AsTask();
        var tooMany = conversation.Connection.OpenStreamAsync(RawPeer.Request(), true).AsTask();
        await conversation.Peer.SendHeadersAsync(first.StreamId, RawPeer.Response(204), endStream: true);
        Assert.Equal(int.MaxValue, (await last.Within()).StreamId);
        Assert.True((await Assert.ThrowsAsync<Http2StreamRefusedException>(() => tooMany.Within())).IsSafeToRetry);
        Assert.True(conversation.Connection.IsDraining);
        Assert.True((await Assert.ThrowsAsync<Http2StreamRefusedException>(
            () => conversation.Connection.OpenStreamAsync(RawPeer.Request(), true).Within())).IsSafeToRetry);
        await conversation.Peer.ExpectHeadersAsync(int.MaxValue, endStream: true);
        await conversation.Peer.SendHeadersAsync(int.MaxValue, RawPeer.Response(204), endStream: true);
        await conversation.Peer.ExpectGoAwayAsync(Http2ErrorCode.NoError);
        await conversation.Peer.ExpectEndAsync();
        await conversation.Peer.Transport.Transport.Output.CompleteAsync();
        Assert.True((await conversation.Run.Within()).IsClean);
    }

    [Fact]
    public async Task What_the_peer_cannot_take_is_refused_before_it_is_sent()
    {
        await using var conversation = await Conversation.ClientAsync(null, (6, 500));
        var large = RawPeer.Request(fields: [("x", new string('x', 1000))]);
        Assert.False((await Assert.ThrowsAsync<Http2StreamRefusedException>(
            () => conversation.Connection.OpenStreamAsync(large, true).Within())).IsSafeToRetry);
        var connect = RawPeer.Fields((":method", "CONNECT"), (":protocol", "websocket"), (":scheme", "https"), (":path", "/"), (":authority", "a"));
        await Assert.ThrowsAsync<Http2StreamRefusedException>(() => conversation.Connection.OpenStreamAsync(connect, false).Within());
        await conversation.Peer.ExpectAliveAsync();
    }

    [Fact]
    public async Task The_abstract_way_to_connect_takes_the_head_from_the_features()
    {
        await using var conversation = await Conversation.ClientAsync();
        var features = new FeatureCollection();
        features.Set(RawPeer.Request("POST", "/x"));
        await using var stream = await conversation.Connection.ConnectAsync(features).Within();
        var head = await conversation.Peer.ExpectHeadersAsync(1, endStream: false);
        Assert.Equal("/x", head.GetString(":path"u8));
        await Assert.ThrowsAsync<ArgumentException>(() => conversation.Connection.ConnectAsync().Within());
        Assert.EndsWith(":1", stream.ConnectionId, StringComparison.Ordinal);
        stream.ConnectionId = "mine";
        Assert.Equal("mine", stream.ConnectionId);
        stream.Items["k"] = "v";
        Assert.Single(stream.Items);
        stream.Features.Set("feature");
        Assert.Equal("feature", stream.Features.Get<string>());
        Assert.Throws<NotSupportedException>(() => stream.ConnectionClosed = default);
    }

    [Fact]
    public async Task A_server_opens_no_streams()
    {
        await using var conversation = await Conversation.ServerAsync();
        Assert.Throws<InvalidOperationException>(() => { _ = conversation.Connection.OpenStreamAsync(new FieldList(), true); });
        await Assert.ThrowsAsync<InvalidOperationException>(() => conversation.Connection.RunAsync());
    }

    [Fact]
    public async Task A_ping_measures_the_round_trip_or_fails_with_the_connection()
    {
        await using var conversation = await Conversation.ClientAsync();
        Assert.Null(conversation.Connection.RoundTripTime);
        var ping = conversation.Connection.PingAsync();
        var frame = await conversation.Peer.ExpectPingAsync();
        await conversation.Peer.SendFrameAsync(FrameType.Ping, FrameFlags.Ack, 0, frame.Payload);
        var roundTrip = await ping.Within();
        Assert.True(roundTrip > TimeSpan.Zero);
        Assert.Equal(roundTrip, conversation.Connection.RoundTripTime);
        ping = conversation.Connection.PingAsync();
        conversation.Connection.Abort(new ConnectionAbortedException("enough"));
        Assert.Equal("enough", (await Assert.ThrowsAsync<ConnectionAbortedException>(() => ping.Within())).Message);
        await Assert.ThrowsAsync<ConnectionAbortedException>(() => conversation.Connection.PingAsync().Within());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.Delay(Timeout.Infinite, conversation.Connection.ConnectionClosed).Within());
    }
}
