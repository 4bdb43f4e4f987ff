using System.Buffers;
using System.Text;
using Engine.Http2;
using Engine.Http2.Frames;
using Engine.Testing;
using Microsoft.AspNetCore.Connections;

namespace Engine.Tests.Http2;

/// <summary>The server role in ordinary conversations (RFC 9113 §8).</summary>
public class ServerTests
{
    [Fact]
    public async Task The_server_announces_its_settings_before_it_has_heard_anything()
    {
        await using var conversation = Conversation.NewServer(Http2ConnectionOptions.Tunnel());
        var settings = await conversation.Peer.ReadAsync();
        Assert.Equal(FrameType.Settings, settings!.Type);
        var values = new Dictionary<SettingId, uint>();
        ReadOnlySpan<byte> payload = settings.Payload;
        while (FramePayload.TryReadSetting(ref payload, out var setting))
        {
            values.Add(setting.Id, setting.Value);
        }

        Assert.Equal(uint.MaxValue, values[SettingId.MaxConcurrentStreams]);
        Assert.Equal(1u << 20, values[SettingId.InitialWindowSize]);
        Assert.Equal(1u << 20, values[SettingId.MaxHeaderListSize]);
        Assert.False(values.ContainsKey(SettingId.EnablePush));
        var update = await conversation.Peer.ReadAsync();
        Assert.Equal((FrameType.WindowUpdate, 0, (4u << 20) - 65_535), (update!.Type, update.StreamId, update.Number));
    }

    [Fact]
    public async Task A_request_without_a_body_is_accepted_and_answered()
    {
        await using var conversation = await Conversation.ServerAsync();
        var stream = await conversation.AcceptAsync(1, endStream: true, RawPeer.Request(path: "/a?b=c", fields: [("x-test", "yes")]));
        Assert.True(stream.IsInputEmpty);
        Assert.Equal("/a?b=c", stream.Head.GetString(":path"u8));
        Assert.Equal("yes", (await stream.ReadHeadAsync()).GetString("x-test"u8));
        Assert.Empty(await stream.Transport.Input.ReadAllAsync());

        stream.WriteHead(RawPeer.Response(200, ("Content-Type", "text/plain")));
        await stream.Transport.Output.WriteTextAsync("hello");
        await stream.Transport.Output.CompleteAsync();

        var head = await conversation.Peer.ExpectHeadersAsync(1, endStream: false);
        Assert.Equal("200", head.GetString(":status"u8));
        Assert.True(head[1].Name.SequenceEqual("content-type"u8), "names travel in lower case");
        Assert.Equal("hello", Encoding.ASCII.GetString(await conversation.Peer.ExpectBodyAsync(1)));
        Assert.Equal(0, conversation.Connection.ActiveStreamCount);
        await stream.DisposeAsync();
        await conversation.Peer.ExpectAliveAsync();
    }

    [Fact]
    public async Task A_request_body_and_its_trailers_are_read()
    {
        await using var conversation = await Conversation.ServerAsync();
        var stream = await conversation.AcceptAsync(1, endStream: false);
        Assert.False(stream.IsInputEmpty);
        await conversation.Peer.SendDataAsync(1, "one ");
        await conversation.Peer.SendFrameAsync(FrameType.Data, FrameFlags.Padded, 1, [3, .. "two"u8, 0, 0, 0]);
        await conversation.Peer.SendHeadersAsync(1, RawPeer.Fields(("grpc-status", "0")), endStream: true);
        Assert.Null(stream.Trailers);
        Assert.Equal("one two", await stream.Transport.Input.ReadTextAsync());
        Assert.Equal("0", stream.Trailers!.GetString("grpc-status"u8));
    }

    [Fact]
    public async Task An_answer_may_have_informational_heads_before_and_trailers_behind()
    {
        await using var conversation = await Conversation.ServerAsync();
        var stream = await conversation.AcceptAsync(1, endStream: true);
        stream.WriteHead(RawPeer.Response(103, ("link", "</a>")));
        stream.WriteHead(RawPeer.Response(200));
        await stream.Transport.Output.WriteTextAsync("body");
        stream.WriteTrailers(RawPeer.Fields(("grpc-status", "0")));
        Assert.Equal("103", (await conversation.Peer.ExpectHeadersAsync(1, endStream: false)).GetString(":status"u8));
        Assert.Equal("200", (await conversation.Peer.ExpectHeadersAsync(1, endStream: false)).GetString(":status"u8));
        Assert.Equal("body"u8.ToArray(), await conversation.Peer.ExpectDataAsync(1, endStream: false));
        Assert.Equal("0", (await conversation.Peer.ExpectHeadersAsync(1, endStream: true)).GetString("grpc-status"u8));
        await stream.Transport.Output.CompleteAsync(); // Harmless behind the trailers.
        await conversation.Peer.ExpectAliveAsync();
    }

    [Fact]
    public async Task Trailers_wait_for_data_that_the_window_holds_back()
    {
        await using var conversation = await Conversation.ServerAsync(null, (4, 5));
        var stream = await conversation.AcceptAsync(1, endStream: true);
        stream.WriteHead(RawPeer.Response(200));
        var flush = stream.Transport.Output.WriteTextAsync("hello world");
        var trailers = RawPeer.Fields(("grpc-status", "0"));
        stream.WriteTrailers(trailers);
        trailers.Clear(); // The list may be used again at once.
        Assert.False(flush.IsCompleted);
        await conversation.Peer.ExpectHeadersAsync(1, endStream: false);
        Assert.Equal("hello"u8.ToArray(), await conversation.Peer.ExpectDataAsync(1, endStream: false));
        await conversation.Peer.SendWindowUpdateAsync(1, 100);
        Assert.Equal(" world"u8.ToArray(), await conversation.Peer.ExpectDataAsync(1, endStream: false));
        Assert.Equal("0", (await conversation.Peer.ExpectHeadersAsync(1, endStream: true)).GetString("grpc-status"u8));
        await flush;
    }

    [Fact]
    public async Task An_answer_can_end_with_its_head()
    {
        await using var conversation = await Conversation.ServerAsync();
        var stream = await conversation.AcceptAsync(1, endStream: true);
        stream.WriteHead(RawPeer.Response(204), endStream: true);
        await conversation.Peer.ExpectHeadersAsync(1, endStream: true);
        Assert.Throws<InvalidOperationException>(() => stream.WriteHead(RawPeer.Response(200)));
        stream.WriteTrailers(RawPeer.Fields(("late", "yes")));
        await stream.Transport.Output.CompleteAsync();
        await conversation.Peer.ExpectAliveAsync();
    }

    [Fact]
    public async Task Empty_trailers_end_the_stream_with_an_empty_data_frame()
    {
        await using var conversation = await Conversation.ServerAsync();
        var stream = await conversation.AcceptAsync(1, endStream: true);
        Assert.Throws<InvalidOperationException>(() => stream.WriteTrailers(RawPeer.Fields()));
        stream.WriteHead(RawPeer.Response(200));
        stream.WriteTrailers(RawPeer.Fields());
        await conversation.Peer.ExpectHeadersAsync(1, endStream: false);
        Assert.Empty(await conversation.Peer.ExpectDataAsync(1, endStream: true));
    }

    [Fact]
    public async Task A_body_before_the_head_is_a_mistake_of_the_handler()
    {
        await using var conversation = await Conversation.ServerAsync();
        var stream = await conversation.AcceptAsync(1, endStream: true);
        await Assert.ThrowsAsync<InvalidOperationException>(() => stream.Transport.Output.WriteTextAsync("too early"));
        stream.WriteHead(RawPeer.Response(200));
        await stream.Transport.Output.CompleteAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => stream.Transport.Output.WriteTextAsync("too late"));
    }

    [Fact]
    public async Task Half_a_conversation_ends_on_its_own()
    {
        await using var conversation = await Conversation.ServerAsync();
        var stream = await conversation.AcceptAsync(1, endStream: false);
        stream.WriteHead(RawPeer.Response(200));
        await stream.Transport.Output.CompleteAsync();
        await conversation.Peer.ExpectHeadersAsync(1, endStream: false);
        await conversation.Peer.ExpectDataAsync(1, endStream: true);

        // The answer has ended, the request still comes.
        await conversation.Peer.SendDataAsync(1, "still here", endStream: true);
        Assert.Equal("still here", await stream.Transport.Input.ReadTextAsync());
        await stream.DisposeAsync();
        await conversation.Peer.ExpectAliveAsync();
    }

    [Fact]
    public async Task A_body_that_nobody_read_is_refused_without_error_once_the_answer_is_complete()
    {
        await using var conversation = await Conversation.ServerAsync();
        var stream = await conversation.AcceptAsync(1, endStream: false);
        stream.WriteHead(RawPeer.Response(413), endStream: true);
        await stream.DisposeAsync();
        await conversation.Peer.ExpectHeadersAsync(1, endStream: true);
        await conversation.Peer.ExpectResetAsync(1, Http2ErrorCode.NoError);
        await conversation.Peer.SendDataAsync(1, "on its way", endStream: true); // Ignored: it was sent before the reset came.
        await conversation.Peer.ExpectAliveAsync();
    }

    [Fact]
    public async Task A_complete_answer_still_leaves_after_its_handler_has_let_go()
    {
        await using var conversation = await Conversation.ServerAsync(null, (4, 0));
        var stream = await conversation.AcceptAsync(1, endStream: false);
        stream.WriteHead(RawPeer.Response(200));
        stream.Transport.Output.Write("answer"u8);
        stream.Transport.Output.Complete();
        await stream.DisposeAsync();
        await conversation.Peer.ExpectHeadersAsync(1, endStream: false);
        await conversation.Peer.SendWindowUpdateAsync(1, 100);
        Assert.Equal("answer"u8.ToArray(), await conversation.Peer.ExpectDataAsync(1, endStream: true));
        await conversation.Peer.ExpectResetAsync(1, Http2ErrorCode.NoError);
    }

    [Fact]
    public async Task A_handler_that_leaves_without_an_answer_resets_the_stream()
    {
        await using var conversation = await Conversation.ServerAsync();
        var stream = await conversation.AcceptAsync(1, endStream: true);
        await stream.DisposeAsync();
        await stream.DisposeAsync();
        await conversation.Peer.ExpectResetAsync(1, Http2ErrorCode.InternalError);
        await conversation.Peer.ExpectAliveAsync();
    }

    [Fact]
    public async Task An_output_completed_with_an_exception_resets_the_stream()
    {
        await using var conversation = await Conversation.ServerAsync();
        var stream = await conversation.AcceptAsync(1, endStream: true);
        stream.WriteHead(RawPeer.Response(200));
        stream.Transport.Output.Write("never sent"u8);
        await stream.Transport.Output.CompleteAsync(new IOException("the origin broke"));
        await conversation.Peer.ExpectHeadersAsync(1, endStream: false);
        await conversation.Peer.ExpectResetAsync(1, Http2ErrorCode.InternalError);
    }

    [Fact]
    public async Task A_reset_by_the_peer_reaches_reads_and_flushes_with_its_code()
    {
        await using var conversation = await Conversation.ServerAsync(null, (4, 0));
        var stream = await conversation.AcceptAsync(1, endStream: false);
        stream.WriteHead(RawPeer.Response(200));
        var read = stream.Transport.Input.ReadAsync();
        var flush = stream.Transport.Output.WriteTextAsync("waits for window");
        var closed = stream.ConnectionClosed;
        Assert.False(closed.IsCancellationRequested);
        await conversation.Peer.SendResetAsync(1, Http2ErrorCode.Cancel);

        var failure = await Assert.ThrowsAsync<Http2StreamResetException>(() => read.Within());
        Assert.Equal(Http2ErrorCode.Cancel, failure.ErrorCode);
        Assert.False(failure.IsSafeToRetry);
        await Assert.ThrowsAsync<Http2StreamResetException>(() => flush);
        await Assert.ThrowsAsync<Http2StreamResetException>(() => stream.Transport.Input.ReadAsync().Within());
        await Assert.ThrowsAsync<Http2StreamResetException>(() => stream.Transport.Output.WriteTextAsync("after"));
        Assert.Equal(Http2ErrorCode.Cancel, stream.ResetCode);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.Delay(Timeout.Infinite, closed).Within());
        stream.WriteHead(RawPeer.Response(103)); // Nothing comes of it, and nothing breaks.
        stream.Reset(Http2ErrorCode.Cancel);
        stream.Abort();
        await stream.DisposeAsync();
        await conversation.Peer.ExpectHeadersAsync(1, endStream: false);
        await conversation.Peer.ExpectAliveAsync();
    }

    [Fact]
    public async Task A_reset_by_the_handler_fails_its_own_waits_and_tells_the_peer_once()
    {
        await using var conversation = await Conversation.ServerAsync();
        var stream = await conversation.AcceptAsync(1, endStream: false);
        var read = stream.Transport.Input.ReadAsync();
        stream.Reset(Http2ErrorCode.EnhanceYourCalm);
        stream.Reset(Http2ErrorCode.Cancel);
        stream.Abort(new ConnectionAbortedException("again"));
        await Assert.ThrowsAsync<ConnectionAbortedException>(() => read.Within());
        Assert.True(stream.ConnectionClosed.IsCancellationRequested);
        await conversation.Peer.ExpectResetAsync(1, Http2ErrorCode.EnhanceYourCalm);
        await conversation.Peer.ExpectAliveAsync();
    }

    [Fact]
    public async Task A_message_that_had_ended_stays_readable_after_a_reset()
    {
        await using var conversation = await Conversation.ServerAsync();
        var stream = await conversation.AcceptAsync(1, endStream: false);
        await conversation.Peer.SendDataAsync(1, "whole", endStream: true);
        await conversation.Peer.SendResetAsync(1, Http2ErrorCode.NoError);
        Assert.Equal("whole", await stream.Transport.Input.ReadTextAsync());
    }

    [Fact]
    public async Task A_head_in_many_frames_is_one_head()
    {
        await using var conversation = await Conversation.ServerAsync();
        var block = conversation.Peer.Encode(RawPeer.Request(path: "/long", fields: [("x-long", new string('x', 3000))]));
        await conversation.Peer.SendFrameAsync(FrameType.Headers, FrameFlags.EndStream, 1, block[..10]);
        for (var i = 10; i < block.Length; i += 100)
        {
            var isLast = i + 100 >= block.Length;
            await conversation.Peer.SendFrameAsync(
                FrameType.Continuation, isLast ? FrameFlags.EndHeaders : FrameFlags.None, 1, block[i..Math.Min(block.Length, i + 100)]);
        }

        var stream = await conversation.AcceptAsync();
        Assert.Equal(3000, stream.Head.GetString("x-long"u8)!.Length);
        Assert.True(stream.IsInputEmpty);
    }

    [Fact]
    public async Task A_long_answer_head_leaves_in_several_frames()
    {
        await using var conversation = await Conversation.ServerAsync();
        var stream = await conversation.AcceptAsync(1, endStream: true);
        stream.WriteHead(RawPeer.Response(200, ("x-long", new string('\u00e9', 40_000))), endStream: true);
        var first = await conversation.Peer.ExpectAsync(FrameType.Headers);
        Assert.False(first.Header.Has(FrameFlags.EndHeaders));
        var block = new List<byte>(first.Payload);
        RawFrame next;
        do
        {
            next = await conversation.Peer.ExpectAsync(FrameType.Continuation);
            block.AddRange(next.Payload);
        }
        while (!next.Header.Has(FrameFlags.EndHeaders));

        var head = conversation.Peer.Decode(next with { Payload = [.. block] });
        Assert.Equal(40_000, head.GetString("x-long"u8)!.Length);
    }

    [Fact]
    public async Task A_head_beyond_the_list_limit_is_answered_431_and_the_compression_state_is_kept()
    {
        await using var conversation = await Conversation.ServerAsync();
        await conversation.Peer.SendHeadersAsync(1, RawPeer.Request("POST", fields: [("x", new string('x', 64 << 10))]), endStream: false);
        Assert.Equal("431", (await conversation.Peer.ExpectHeadersAsync(1, endStream: true)).GetString(":status"u8));
        await conversation.Peer.ExpectResetAsync(1, Http2ErrorCode.NoError);
        await conversation.Peer.SendDataAsync(1, "ignored");
        var stream = await conversation.AcceptAsync(3, endStream: true, RawPeer.Request(path: "/next"));
        Assert.Equal("/next", stream.Head.GetString(":path"u8));
    }

    [Fact]
    public async Task Streams_beyond_the_limit_are_refused_and_later_ones_served()
    {
        var options = Http2ConnectionOptions.Public();
        options.MaxConcurrentStreams = 2;
        await using var conversation = await Conversation.ServerAsync(options);
        var first = await conversation.AcceptAsync(1, endStream: true);
        await conversation.AcceptAsync(3, endStream: true);
        await conversation.Peer.SendHeadersAsync(5, RawPeer.Request(), endStream: false);
        await conversation.Peer.ExpectResetAsync(5, Http2ErrorCode.RefusedStream);
        await conversation.Peer.SendDataAsync(5, "late", endStream: true);
        first.WriteHead(RawPeer.Response(200), endStream: true);
        await conversation.Peer.ExpectHeadersAsync(1, endStream: true);
        await first.DisposeAsync();
        Assert.Equal(7, (await conversation.AcceptAsync(7, endStream: true)).StreamId);
    }

    [Fact]
    public async Task Extended_connect_is_taken_when_it_was_announced()
    {
        var options = Http2ConnectionOptions.Public();
        options.EnableConnectProtocol = true;
        await using var conversation = await Conversation.ServerAsync(options);
        var head = RawPeer.Fields((":method", "CONNECT"), (":protocol", "websocket"), (":scheme", "https"), (":path", "/chat"), (":authority", "a.test"));
        var stream = await conversation.AcceptAsync(1, endStream: false, head);
        Assert.Equal("websocket", stream.Head.GetString(":protocol"u8));
        stream.WriteHead(RawPeer.Response(200));
        await conversation.Peer.SendDataAsync(1, "ping");
        var read = await stream.Transport.Input.ReadAsync().Within();
        await stream.Transport.Output.WriteAsync(read.Buffer.First);
        stream.Transport.Input.AdvanceTo(read.Buffer.End);
        await conversation.Peer.ExpectHeadersAsync(1, endStream: false);
        Assert.Equal("ping"u8.ToArray(), await conversation.Peer.ExpectDataAsync(1, endStream: false));
    }

    [Fact]
    public async Task Answers_to_one_read_leave_in_one_write()
    {
        await using var conversation = await Conversation.ServerAsync();
        var serving = ServeInlineAsync(conversation.Connection);
        var requests = new List<byte>();
        for (var id = 1; id < 20; id += 2)
        {
            requests.AddRange(RawPeer.Frame(FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream, id, conversation.Peer.Encode(RawPeer.Request())));
        }

        await conversation.Peer.SendAsync(requests.ToArray());

        // The first read of ours has everything.
        var result = await conversation.Peer.Transport.Transport.Input.ReadAsync().Within();
        var answers = result.Buffer.ToArray();
        conversation.Peer.Transport.Transport.Input.AdvanceTo(result.Buffer.End);
        for (var id = 1; id < 20; id += 2)
        {
            Assert.True(FrameHeader.TryRead(answers, out var header));
            Assert.Equal((FrameType.Headers, id), (header.Type, header.StreamId));
            answers = answers[(FrameHeader.Size + header.Length)..];
        }

        Assert.Empty(answers);

        conversation.Connection.Abort();
        await serving.Within();
    }

    /// <summary>Answers inline, in the receive loop: the runner's context must not carry the continuation elsewhere.</summary>
    private static async Task ServeInlineAsync(Http2Connection connection)
    {
        while (await connection.AcceptAsync().ConfigureAwait(false) is Http2Stream stream)
        {
            stream.WriteHead(RawPeer.Response(204), endStream: true);
            await stream.DisposeAsync().ConfigureAwait(false);
        }
    }
}
