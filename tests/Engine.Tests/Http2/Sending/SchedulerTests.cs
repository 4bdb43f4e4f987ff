using Engine.Http2;
using Engine.Http2.Frames;
using Engine.Testing;
using Engine.Transports;

namespace Engine.Tests.Http2.Sending;

/// <summary>Fairness on the sending side, seen by the peer.</summary>
public class SchedulerTests
{
    [Fact]
    public async Task A_keystroke_waits_for_one_batch_and_one_turn_of_each_bulk_stream()
    {
        await using var conversation = await StuckAsync();
        var bulk = new List<Task>();
        for (var id = 3; id < 11; id += 2)
        {
            var stream = await AnsweringAsync(conversation, id);
            bulk.Add(stream.Transport.Output.WriteAsync(new byte[1 << 20]).AsTask());
        }

        var key = await AnsweringAsync(conversation, 11);
        _ = key.Transport.Output.WriteTextAsync("k");
        var before = 0;
        while (true)
        {
            var frame = await conversation.Peer.ReadAsync();
            if (frame!.Type != FrameType.Data || frame.StreamId == 1)
            {
                continue;
            }

            if (frame.StreamId == 11)
            {
                break;
            }

            before += frame.Payload.Length;
        }

        Assert.InRange(before, 0, 4 * (16 << 10));
    }

    [Fact]
    public async Task Bulk_streams_take_turns_of_one_frame()
    {
        await using var conversation = await StuckAsync();
        for (var id = 3; id < 9; id += 2)
        {
            var stream = await AnsweringAsync(conversation, id);
            _ = stream.Transport.Output.WriteAsync(new byte[300_000]).AsTask();
        }

        var sent = new Dictionary<int, int> { [3] = 0, [5] = 0, [7] = 0 };
        while (sent.Values.Max() < 250_000)
        {
            var frame = await conversation.Peer.ReadAsync();
            if (frame!.Type == FrameType.Data && frame.StreamId != 1)
            {
                sent[frame.StreamId] += frame.Payload.Length;
                Assert.InRange(sent.Values.Max() - sent.Values.Min(), 0, 2 * (16 << 10));
            }
        }
    }

    [Fact]
    public async Task Control_frames_overtake_data()
    {
        await using var conversation = await StuckAsync();
        var bulk = await AnsweringAsync(conversation, 3);
        _ = bulk.Transport.Output.WriteAsync(new byte[1 << 20]).AsTask();
        await conversation.Peer.SendFrameAsync(FrameType.Ping, FrameFlags.None, 0, 1, 2, 3, 4, 5, 6, 7, 8);
        var before = 0;
        while (true)
        {
            var frame = await conversation.Peer.ReadAsync();
            if (frame!.Type == FrameType.Ping && frame.Header.Has(FrameFlags.Ack))
            {
                break;
            }

            before += frame.Type == FrameType.Data && frame.StreamId != 1 ? frame.Payload.Length : 0;
        }

        Assert.Equal(0, before);
    }

    [Fact]
    public async Task Streams_that_were_reset_while_the_connection_window_is_spent_are_let_go()
    {
        await using var conversation = await Conversation.ServerAsync(null, (4, 1 << 20));
        var first = await AnsweringAsync(conversation, 1);
        var flush = first.Transport.Output.WriteAsync(new byte[70_000]).AsTask();
        for (var id = 3; id < 103; id += 2)
        {
            var stream = await AnsweringAsync(conversation, id);
            var wait = stream.Transport.Output.WriteTextAsync("waits");
            await conversation.Peer.SendResetAsync(id, Http2ErrorCode.Cancel);
            await Assert.ThrowsAsync<Http2StreamResetException>(() => wait.Within());
            await stream.DisposeAsync();
        }

        Assert.Equal(1, conversation.Connection.Sender.Scheduler.Count);
        await conversation.Peer.SendWindowUpdateAsync(0, 100_000);
        await flush.Within();
    }

    /// <summary>A server whose transport is full with a batch of stream 1, so that everything else has to wait for the scheduler.</summary>
    private static async Task<Conversation> StuckAsync()
    {
        var conversation = Conversation.NewServer(Http2ConnectionOptions.Tunnel(), bufferSize: 16 << 10);
        await conversation.Peer.SendPrefaceAsync((4, 1 << 24));
        await conversation.Peer.ExpectAsync(FrameType.Settings);
        await conversation.Peer.SendAsync(FrameWriter.WriteSettingsAck);
        await conversation.Peer.SendWindowUpdateAsync(0, 1 << 26);
        await conversation.Peer.ExpectAliveAsync();
        var first = await AnsweringAsync(conversation, 1);
        await first.Transport.Output.WriteAsync(new byte[FrameSenderBatch]).Within();
        Assert.Equal(0, conversation.Connection.Sender.Backlog);
        return conversation;
    }

    private const int FrameSenderBatch = 100 << 10;

    private static async Task<Http2Stream> AnsweringAsync(Conversation conversation, int id)
    {
        var stream = await conversation.AcceptAsync(id, endStream: true);
        stream.WriteHead(RawPeer.Response(200));
        return stream;
    }
}
