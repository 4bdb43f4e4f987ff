using Engine.Http2;
using Engine.Http2.Frames;
using Engine.Testing;

namespace Engine.Tests.Http2.Sending;

/// <summary>Whom a flush holds up, and whom it does not.</summary>
public class FlushTests
{
    [Fact]
    public async Task A_peer_that_reads_as_fast_as_we_write_does_not_keep_the_receive_loop_from_its_next_frames()
    {
        const int Body = 8 << 20;
        await using var conversation = Conversation.NewServer(Http2ConnectionOptions.Tunnel(), bufferSize: 4 * Body);
        await conversation.Peer.SendPrefaceAsync((4, 1 << 30));
        await conversation.Peer.ExpectAliveAsync();
        await conversation.Peer.SendWindowUpdateAsync(0, 1 << 30);
        var answered = AnswerAsync(conversation.Connection, Body);

        // Everything runs inline in the sender of the request, as long as nothing waits.
        var sender = new Thread(() => conversation.Peer.SendHeadersAsync(1, RawPeer.Request(), endStream: true).GetAwaiter().GetResult());
        sender.Start();
        Assert.NotEqual(sender.ManagedThreadId, await answered.Within());
        Assert.True(sender.Join(Deadline.Standard));
    }

    [Fact]
    public async Task Interim_heads_wait_for_a_peer_that_does_not_read()
    {
        await using var conversation = await Conversation.ServerAsync();
        var stream = await conversation.AcceptAsync(1, endStream: true);
        var interim = RawPeer.Response(103);
        interim.Add("link"u8, new string('x', 1000), sensitive: true);
        ValueTask<System.IO.Pipelines.FlushResult> flush;
        var heads = 0;
        do
        {
            stream.WriteHead(interim);
            flush = stream.Transport.Output.FlushAsync();
        }
        while (flush.IsCompleted && ++heads < 20_000);

        Assert.InRange(heads, 1, 10_000);
        for (var i = 0; i < heads; i++)
        {
            await conversation.Peer.ExpectAsync(FrameType.Headers);
        }

        await flush.Within();
    }

    private static async Task<int> AnswerAsync(Http2Connection connection, int octets)
    {
        var stream = Assert.IsType<Http2Stream>(await connection.AcceptAsync());
        stream.WriteHead(RawPeer.Response(200));
        for (; octets > 0; octets -= 64 << 10)
        {
            await stream.Transport.Output.WriteAsync(new byte[64 << 10]);
        }

        return Environment.CurrentManagedThreadId;
    }
}
