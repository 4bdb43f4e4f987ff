using System.Buffers;
using Engine.Fields;
using Engine.Http2;
using Engine.Http2.Frames;
using Engine.Testing;
using Engine.Transports;
using Microsoft.Extensions.Time.Testing;

namespace Engine.Tests.Http2;

/// <summary>Peers that are hostile: in public they lose the connection, in a tunnel what a visitor can cause costs its stream at most.</summary>
public class DefenceTests
{
    [Fact]
    public async Task Rapid_reset_costs_a_visitor_the_connection()
    {
        await using var conversation = await Conversation.ServerAsync(Frozen(Http2ConnectionOptions.Public()));
        await FloodAsync(conversation, 600, id =>
            [.. Head(conversation, id), .. RawPeer.Frame(FrameType.RstStream, 0, id, 0, 0, 0, 8)], serve: true);
        Assert.False(conversation.Connection.HasEnded);
        await FloodAsync(conversation, 600, id =>
            [.. Head(conversation, id), .. RawPeer.Frame(FrameType.RstStream, 0, id, 0, 0, 0, 8)], serve: true, firstId: 2001);
        await conversation.Peer.ExpectConnectionErrorAsync(Http2ErrorCode.EnhanceYourCalm);
    }

    [Fact]
    public async Task Rapid_reset_through_a_tunnel_costs_nobody_the_connection()
    {
        await using var conversation = await Conversation.ServerAsync(Frozen(Http2ConnectionOptions.Tunnel()));
        var drain = DrainAsync();
        await FloodAsync(conversation, 10_000, id =>
            [.. Head(conversation, id), .. RawPeer.Frame(FrameType.RstStream, 0, id, 0, 0, 0, 8)], serve: true);
        await conversation.Connection.ShutdownAsync().Within();
        await drain.Within();
        Assert.True((await conversation.Run.Within()).IsClean);

        async Task DrainAsync()
        {
            while (await conversation.Peer.ReadAsync() is { } frame)
            {
                if (frame.Type == FrameType.Ping)
                {
                    await conversation.Peer.SendFrameAsync(FrameType.Ping, FrameFlags.Ack, 0, frame.Payload);
                }
            }

            await conversation.Peer.Transport.Transport.Output.CompleteAsync();
        }
    }

    [Fact]
    public async Task Streams_that_make_us_reset_them_count_as_resets()
    {
        await using var conversation = await Conversation.ServerAsync(Frozen(Http2ConnectionOptions.Public()));
        await FloodAsync(conversation, 1100, id =>
            [.. Head(conversation, id), .. RawPeer.Frame(FrameType.WindowUpdate, 0, id, 0, 0, 0, 0)], serve: true);
        await conversation.Peer.ExpectConnectionErrorAsync(Http2ErrorCode.EnhanceYourCalm);
    }

    [Fact]
    public async Task A_budget_refills_with_time()
    {
        var time = new FakeTimeProvider();
        var options = Http2ConnectionOptions.Public();
        options.TimeProvider = time;
        options.KeepAliveInterval = TimeSpan.Zero;
        options.IdleTimeout = TimeSpan.Zero;
        await using var conversation = await Conversation.ServerAsync(options);
        for (var round = 0; round < 5; round++)
        {
            await FloodAsync(conversation, 900, id =>
                [.. Head(conversation, id), .. RawPeer.Frame(FrameType.RstStream, 0, id, 0, 0, 0, 8)], serve: true, firstId: 1 + (round * 2000));
            while (await conversation.Peer.ReadUntilPongAsync() is { } frame)
            {
                Assert.True(frame.Type is not FrameType.GoAway, frame.ToString());
            }

            time.Advance(TimeSpan.FromSeconds(20));
        }
    }

    [Fact]
    public async Task Streams_whose_handlers_hang_are_refused_although_the_visitor_reset_them()
    {
        var options = Frozen(Http2ConnectionOptions.Public());
        options.MaxConcurrentStreams = 10;
        await using var conversation = await Conversation.ServerAsync(options);
        for (var id = 1; id < 41; id += 2)
        {
            await conversation.AcceptAsync(id, endStream: true); // Never disposed of.
            await conversation.Peer.SendResetAsync(id, Http2ErrorCode.Cancel);
        }

        await conversation.Peer.SendHeadersAsync(41, RawPeer.Request(), endStream: true);
        await conversation.Peer.ExpectResetAsync(41, Http2ErrorCode.RefusedStream);
    }

    [Fact]
    public async Task Opening_beyond_the_limit_again_and_again_costs_the_connection()
    {
        var options = Frozen(Http2ConnectionOptions.Public());
        options.MaxConcurrentStreams = 1;
        await using var conversation = await Conversation.ServerAsync(options);
        await FloodAsync(conversation, 1200, id => Head(conversation, id), serve: false);
        await conversation.Peer.ExpectConnectionErrorAsync(Http2ErrorCode.EnhanceYourCalm);
    }

    [Fact]
    public async Task Endless_continuation_ends_at_the_list_limit()
    {
        await using var conversation = await Conversation.ServerAsync(Frozen(Http2ConnectionOptions.Public()));
        await conversation.Peer.SendFrameAsync(FrameType.Headers, FrameFlags.None, 1, 0x82);
        for (var i = 0; i < 9; i++)
        {
            await conversation.Peer.SendFrameAsync(FrameType.Continuation, FrameFlags.None, 1, new byte[16_384]);
        }

        await conversation.Peer.ExpectConnectionErrorAsync(Http2ErrorCode.EnhanceYourCalm);
    }

    [Fact]
    public async Task Endless_empty_continuation_ends_too()
    {
        await using var conversation = await Conversation.ServerAsync(Frozen(Http2ConnectionOptions.Public()));
        await conversation.Peer.SendFrameAsync(FrameType.Headers, FrameFlags.None, 1, 0x82);
        await FloodAsync(conversation, 1000, _ => RawPeer.Frame(FrameType.Continuation, 0, 1), serve: false);
        await conversation.Peer.ExpectConnectionErrorAsync(Http2ErrorCode.EnhanceYourCalm);
    }

    [Fact]
    public async Task Endless_empty_data_ends_the_connection_in_public_alone()
    {
        await using var open = await Conversation.ServerAsync(Frozen(Http2ConnectionOptions.Public()));
        await open.AcceptAsync(1, endStream: false);
        await FloodAsync(open, 1000, _ => RawPeer.Frame(FrameType.Data, 0, 1), serve: false);
        await open.Peer.ExpectConnectionErrorAsync(Http2ErrorCode.EnhanceYourCalm);

        await using var tunnel = await Conversation.ServerAsync(Frozen(Http2ConnectionOptions.Tunnel()));
        await tunnel.AcceptAsync(1, endStream: false);
        await FloodAsync(tunnel, 1000, _ => RawPeer.Frame(FrameType.Data, 0, 1), serve: false);
        await tunnel.Peer.ExpectAliveAsync();
    }

    [Theory]
    [InlineData("ping")]
    [InlineData("settings")]
    [InlineData("priority")]
    [InlineData("unknown")]
    [InlineData("goaway")]
    [InlineData("late resets")]
    public async Task Floods_of_frames_that_do_nothing_end_the_connection(string kind)
    {
        await using var conversation = await Conversation.ServerAsync(Frozen(Http2ConnectionOptions.Public()));
        var held = await conversation.AcceptAsync(1, endStream: false);
        var ended = await conversation.AcceptAsync(3, endStream: true);
        ended.WriteHead(RawPeer.Response(204), endStream: true);
        await FloodAsync(conversation, 3000, _ => kind switch
        {
            "ping" => RawPeer.Frame(FrameType.Ping, 0, 0, new byte[8]),
            "settings" => RawPeer.Frame(FrameType.Settings, 0, 0),
            "priority" => RawPeer.Frame(FrameType.Priority, 0, 5, 0, 0, 0, 1, 1),
            "goaway" => RawPeer.Frame(FrameType.GoAway, 0, 0, new byte[8]),
            "late resets" => RawPeer.Frame(FrameType.RstStream, 0, 3, 0, 0, 0, 8),
            _ => RawPeer.Frame((FrameType)0x77, 0, 0, new byte[8]),
        }, serve: false);
        await conversation.Peer.ExpectConnectionErrorAsync(Http2ErrorCode.EnhanceYourCalm);
        Assert.True(held.ConnectionClosed.IsCancellationRequested);
    }

    [Theory]
    [InlineData(Http2Profile.Public)]
    [InlineData(Http2Profile.Tunnel)]
    public async Task A_peer_that_asks_and_never_reads_fills_no_memory_and_is_cut(Http2Profile profile)
    {
        var time = new FakeTimeProvider();
        var options = profile == Http2Profile.Public ? Http2ConnectionOptions.Public() : Http2ConnectionOptions.Tunnel();
        options.TimeProvider = time;
        options.KeepAliveInterval = TimeSpan.Zero;
        var (mine, theirs) = MemoryConnection.CreatePair(new MemoryConnectionOptions { BufferSize = 4096 });
        await using var connection = new Http2Connection(mine, Http2Role.Server, options);
        var run = connection.RunAsync();
        var peer = new RawPeer(theirs);
        await peer.SendPrefaceAsync();
        await peer.SendAsync(FrameWriter.WriteSettingsAck);
        var serving = await ServeInlineAsync(connection);

        // Each request is answered by a head of 8 KiB, which the peer does not read.
        long sent = 0;
        Task<System.IO.Pipelines.FlushResult> flush;
        var id = 1;
        do
        {
            theirs.Transport.Output.Write(RawPeer.Frame(
                FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream, id, peer.Encode(RawPeer.Request())));
            id += 2;
            flush = theirs.Transport.Output.FlushAsync().AsTask();
            Assert.InRange(++sent, 0, 5000);
            await Eventually.IsTrueAsync(() => flush.IsCompleted || connection.Sender.IsBacklogged, "the server has read, or stopped reading");
        }
        while (flush.IsCompleted);

        Assert.InRange(connection.Sender.Backlog, 256 << 10, 300 << 10);
        Assert.False(run.IsCompleted);
        await Eventually.IsTrueAsync(() => connection.Liveness.IsBacklogFull, "the server waits, which is when the time begins");
        time.Advance(TimeSpan.FromSeconds(14));
        Assert.False(connection.HasEnded);
        time.Advance(TimeSpan.FromSeconds(1));
        var end = await run.Within();
        Assert.Equal(Http2EndedBy.Transport, end.EndedBy);
        await serving.Within();
        await theirs.DisposeAsync();
    }

    [Fact]
    public async Task A_peer_that_reads_again_in_time_is_served_on()
    {
        var time = new FakeTimeProvider();
        var options = Http2ConnectionOptions.Tunnel();
        options.TimeProvider = time;
        var (mine, theirs) = MemoryConnection.CreatePair(new MemoryConnectionOptions { BufferSize = 4096 });
        await using var connection = new Http2Connection(mine, Http2Role.Server, options);
        var run = connection.RunAsync();
        var peer = new RawPeer(theirs);
        await peer.SendPrefaceAsync();
        await peer.SendAsync(FrameWriter.WriteSettingsAck);
        var serving = await ServeInlineAsync(connection);
        for (var id = 1; id < 400; id += 2)
        {
            theirs.Transport.Output.Write(RawPeer.Frame(
                FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream, id, peer.Encode(RawPeer.Request())));
        }

        var flush = theirs.Transport.Output.FlushAsync().AsTask();
        time.Advance(TimeSpan.FromSeconds(5));
        for (var id = 1; id < 400; id += 2)
        {
            await peer.ExpectHeadersAsync(id, endStream: true);
        }

        await flush.Within();
        await peer.ExpectAliveAsync(); // It reads again.
        time.Advance(TimeSpan.FromSeconds(14));
        await peer.ExpectAliveAsync();
        connection.Abort();
        await run.Within();
        await serving.Within();
        await theirs.DisposeAsync();
    }

    [Fact]
    public async Task In_a_tunnel_late_frames_of_forgotten_streams_cost_nothing()
    {
        await using var conversation = await Conversation.ServerAsync(Frozen(Http2ConnectionOptions.Tunnel()));
        var first = await conversation.AcceptAsync(1, endStream: false);
        first.Reset(Http2ErrorCode.Cancel);
        await FloodAsync(conversation, 5000, id =>
            [.. Head(conversation, id), .. RawPeer.Frame(FrameType.RstStream, 0, id, 0, 0, 0, 8)], serve: true, firstId: 3);
        await conversation.Peer.SendHeadersAsync(1, RawPeer.Fields(("x", "y")), endStream: true);
        await conversation.Peer.SendHeadersAsync(20_001, RawPeer.Request(), endStream: true);
        while (await conversation.Peer.ReadUntilPongAsync() is { } frame)
        {
            Assert.True(frame.Type is not FrameType.GoAway, frame.ToString());
        }
    }

    private static Http2ConnectionOptions Frozen(Http2ConnectionOptions options)
    {
        options.TimeProvider = new FakeTimeProvider(); // No budget refills while a test floods.
        return options;
    }

    private static byte[] Head(Conversation conversation, int id) =>
        RawPeer.Frame(FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream, id, conversation.Peer.Encode(RawPeer.Request()));

    private static async Task FloodAsync(Conversation conversation, int count, Func<int, byte[]> frame, bool serve, int firstId = 1)
    {
        using var stop = new CancellationTokenSource();
        var serving = serve ? HoldAsync(conversation.Connection, stop.Token) : Task.CompletedTask;
        var batch = new List<byte>();
        for (var i = 0; i < count; i++)
        {
            batch.AddRange(frame(firstId + (2 * i)));
            if (batch.Count > 2000 || i == count - 1)
            {
                try
                {
                    await conversation.Peer.SendAsync(batch.ToArray());
                }
                catch (Exception) when (conversation.Connection.HasEnded)
                {
                    break;
                }

                batch.Clear();
            }
        }

        stop.Cancel();
        await serving.Within();
    }

    /// <summary>Answers each request at once with a long head.</summary>
    private static async Task ServeAsync(Http2Connection connection)
    {
        while (await connection.AcceptAsync() is Http2Stream stream)
        {
            stream.WriteHead(RawPeer.Response(200, ("x-long", new string('\u00e9', 8000))), endStream: true);
            await stream.DisposeAsync();
        }
    }

    /// <summary>Serves on the thread that receives, as handlers do that never wait: outside of the test's context, which would move them to another.</summary>
    /// <returns>The serving, which waits for the first request by now.</returns>
    private static async Task<Task> ServeInlineAsync(Http2Connection connection)
    {
        Task serving = Task.CompletedTask;
        await Task.Run(() => { serving = ServeAsync(connection); });
        return serving;
    }

    /// <summary>Accepts requests and works on each until it is reset.</summary>
    private static async Task HoldAsync(Http2Connection connection, CancellationToken stop)
    {
        try
        {
            while (await connection.AcceptAsync(stop) is Http2Stream stream)
            {
                stream.ConnectionClosed.Register(() => _ = stream.DisposeAsync().AsTask());
            }
        }
        catch (OperationCanceledException)
        {
            // The test has seen enough.
        }
    }
}
