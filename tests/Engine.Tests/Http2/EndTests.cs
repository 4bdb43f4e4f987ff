using Engine.Http2;
using Engine.Http2.Frames;
using Engine.Testing;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Time.Testing;

namespace Engine.Tests.Http2;

/// <summary>How a connection ends: in order, by its clock, by its transport; and that nothing waits for ever.</summary>
public class EndTests
{
    [Fact]
    public async Task A_server_shuts_down_in_two_steps_and_serves_what_was_on_its_way()
    {
        await using var conversation = await Conversation.ServerAsync();
        var running = await conversation.AcceptAsync(1, endStream: true);
        var shutdown = conversation.Connection.ShutdownAsync().AsTask();
        var announcement = await conversation.Peer.ExpectGoAwayAsync(Http2ErrorCode.NoError);
        Assert.Equal(int.MaxValue, (int)announcement.Number);
        Assert.True(conversation.Connection.IsDraining);

        // This request was on its way when the announcement came.
        var late = await conversation.AcceptAsync(3, endStream: true);
        var ping = await conversation.Peer.ExpectPingAsync();
        await conversation.Peer.SendFrameAsync(FrameType.Ping, FrameFlags.Ack, 0, ping.Payload);
        Assert.Equal(3u, (await conversation.Peer.ExpectGoAwayAsync(Http2ErrorCode.NoError)).Number);
        Assert.Null(await conversation.Connection.AcceptAsync().Within());
        await conversation.Peer.SendHeadersAsync(5, RawPeer.Request(), endStream: true);
        await conversation.Peer.ExpectResetAsync(5, Http2ErrorCode.RefusedStream);

        late.WriteHead(RawPeer.Response(204), endStream: true);
        await conversation.Peer.ExpectHeadersAsync(3, endStream: true);
        Assert.False(shutdown.IsCompleted);
        running.WriteHead(RawPeer.Response(204), endStream: true);
        await conversation.Peer.ExpectHeadersAsync(1, endStream: true);
        await conversation.Peer.ExpectEndAsync();
        await conversation.Peer.Transport.Transport.Output.CompleteAsync();
        await shutdown.Within();
        var end = await conversation.Run.Within();
        Assert.True(end.IsClean);
        Assert.Equal(Http2EndedBy.Local, end.EndedBy);
    }

    [Fact]
    public async Task A_peer_that_does_not_answer_the_announcement_is_given_a_second()
    {
        var time = new FakeTimeProvider();
        await using var conversation = await Conversation.ServerAsync(With(time));
        var shutdown = conversation.Connection.ShutdownAsync(Http2ErrorCode.EnhanceYourCalm).AsTask();
        await conversation.Peer.ExpectGoAwayAsync(Http2ErrorCode.EnhanceYourCalm);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(0u, (await conversation.Peer.ExpectGoAwayAsync(Http2ErrorCode.EnhanceYourCalm)).Number);
        await conversation.Peer.ExpectEndAsync();
        await conversation.Peer.Transport.Transport.Output.CompleteAsync();
        await shutdown.Within();
    }

    [Fact]
    public async Task A_client_shuts_down_in_one_step()
    {
        await using var conversation = await Conversation.ClientAsync();
        var stream = await conversation.OpenAsync(endStream: true);
        var shutdown = conversation.Connection.ShutdownAsync().AsTask();
        Assert.Equal(0u, (await conversation.Peer.ExpectGoAwayAsync(Http2ErrorCode.NoError)).Number);
        await Assert.ThrowsAsync<Http2StreamRefusedException>(() => conversation.Connection.OpenStreamAsync(RawPeer.Request(), true).Within());
        await conversation.Peer.SendHeadersAsync(1, RawPeer.Response(204), endStream: true);
        await stream.ReadHeadAsync().Within();
        await conversation.Peer.ExpectEndAsync();
        await conversation.Peer.Transport.Transport.Output.CompleteAsync();
        await shutdown.Within();
        Assert.True((await conversation.Run.Within()).IsClean);
    }

    [Fact]
    public async Task A_shutdown_that_takes_too_long_cuts_what_still_runs()
    {
        await using var conversation = await Conversation.ServerAsync();
        var stream = await conversation.AcceptAsync(1, endStream: false);
        var read = stream.Transport.Input.ReadAsync();
        using var patience = new CancellationTokenSource();
        var shutdown = conversation.Connection.ShutdownAsync(cancellationToken: patience.Token).AsTask();
        patience.Cancel();
        await Assert.ThrowsAsync<ConnectionAbortedException>(() => read.Within());
        await conversation.Peer.ExpectGoAwayAsync(Http2ErrorCode.NoError);
        await conversation.Peer.ExpectGoAwayAsync(Http2ErrorCode.Cancel);
        await conversation.Peer.Transport.Transport.Output.CompleteAsync();
        await shutdown.Within();
        Assert.False((await conversation.Run.Within()).IsClean);
    }

    [Fact]
    public async Task A_peer_that_goes_away_is_served_to_the_end()
    {
        await using var conversation = await Conversation.ServerAsync();
        var stream = await conversation.AcceptAsync(1, endStream: true);
        await conversation.Peer.SendAsync(output => FrameWriter.WriteGoAway(output, 0, Http2ErrorCode.NoError));
        await conversation.Peer.ExpectAliveAsync();
        Assert.True(conversation.Connection.IsDraining);
        stream.WriteHead(RawPeer.Response(204), endStream: true);
        await conversation.Peer.ExpectHeadersAsync(1, endStream: true);
        await conversation.Peer.ExpectGoAwayAsync(Http2ErrorCode.NoError);
        await conversation.Peer.ExpectEndAsync();
        await conversation.Peer.Transport.Transport.Output.CompleteAsync();
        Assert.Equal(Http2EndedBy.Peer, (await conversation.Run.Within()).EndedBy);
        Assert.Null(await conversation.Connection.AcceptAsync().Within());
    }

    [Fact]
    public async Task The_end_of_the_transport_is_clean_between_frames_and_without_streams()
    {
        await using var conversation = await Conversation.ServerAsync();
        await conversation.Peer.Transport.Transport.Output.CompleteAsync();
        var end = await conversation.Run.Within();
        Assert.True(end.IsClean);
        Assert.Equal(Http2EndedBy.Peer, end.EndedBy);
    }

    [Fact]
    public async Task The_end_of_the_transport_with_open_streams_is_not_clean_and_fails_them()
    {
        await using var conversation = await Conversation.ServerAsync();
        var stream = await conversation.AcceptAsync(1, endStream: false);
        var read = stream.Transport.Input.ReadAsync();
        await conversation.Peer.Transport.Transport.Output.CompleteAsync();
        await Assert.ThrowsAsync<ConnectionResetException>(() => read.Within());
        Assert.False((await conversation.Run.Within()).IsClean);
    }

    [Fact]
    public async Task The_end_of_the_transport_inside_of_a_frame_is_not_clean()
    {
        await using var conversation = await Conversation.ServerAsync();
        await conversation.Peer.SendAsync(new byte[] { 0, 0, 8, 6 });
        await conversation.Peer.Transport.Transport.Output.CompleteAsync();
        var end = await conversation.Run.Within();
        Assert.IsType<EndOfStreamException>(end.Exception);
    }

    [Fact]
    public async Task A_transport_that_breaks_ends_everything_with_its_cause()
    {
        await using var conversation = await Conversation.ServerAsync();
        var stream = await conversation.AcceptAsync(1, endStream: false);
        var read = stream.Transport.Input.ReadAsync();
        conversation.Peer.Transport.Abort();
        await Assert.ThrowsAsync<ConnectionResetException>(() => read.Within());
        var end = await conversation.Run.Within();
        Assert.Equal(Http2EndedBy.Transport, end.EndedBy);
        Assert.NotNull(end.Exception);
    }

    [Fact]
    public async Task A_peer_that_stops_reading_for_good_is_noticed_by_the_next_flush()
    {
        await using var conversation = await Conversation.ServerAsync();
        var stream = await conversation.AcceptAsync(1, endStream: false);
        await conversation.Peer.Transport.DisposeAsync();
        await conversation.Run.Within();
        await Assert.ThrowsAnyAsync<Exception>(() => stream.Transport.Input.ReadAsync().Within());
    }

    [Fact]
    public async Task Cancelling_the_run_aborts_the_connection()
    {
        var (mine, theirs) = Engine.Transports.MemoryConnection.CreatePair();
        await using var connection = new Http2Connection(mine, Http2Role.Client, Http2ConnectionOptions.Tunnel());
        using var stop = new CancellationTokenSource();
        var run = connection.RunAsync(stop.Token);
        stop.Cancel();
        Assert.Equal(Http2EndedBy.Local, (await run.Within()).EndedBy);
        await Assert.ThrowsAsync<ConnectionAbortedException>(() => connection.SettingsReceived.Within());
        await theirs.DisposeAsync();
    }

    [Fact]
    public async Task A_connection_that_never_ran_can_be_let_go()
    {
        var (mine, theirs) = Engine.Transports.MemoryConnection.CreatePair();
        var connection = new Http2Connection(mine, Http2Role.Client, Http2ConnectionOptions.Tunnel());
        var opening = connection.OpenStreamAsync(RawPeer.Request(), endStream: true).AsTask();
        await connection.ShutdownAsync().Within();
        await connection.DisposeAsync().Within();
        var stream = await opening.Within();
        await Assert.ThrowsAsync<ConnectionAbortedException>(() => stream.ReadHeadAsync().Within());
        await theirs.DisposeAsync();
    }

    [Fact]
    public async Task Aborting_completes_hundreds_of_waits_of_every_kind()
    {
        await using var conversation = await Conversation.ServerAsync(Http2ConnectionOptions.Tunnel(), (4, 0));
        var waits = new List<Task>();
        for (var id = 1; id < 801; id += 2)
        {
            var stream = await conversation.AcceptAsync(id, endStream: false);
            stream.WriteHead(RawPeer.Response(200));
            waits.Add(stream.Transport.Input.ReadAsync().AsTask());
            waits.Add(stream.Transport.Output.WriteTextAsync("waits for window"));
            waits.Add(Task.Delay(Timeout.Infinite, stream.ConnectionClosed));
        }

        waits.Add(conversation.Connection.PingAsync().AsTask());
        var accept = conversation.Connection.AcceptAsync().AsTask();
        conversation.Connection.Abort(new ConnectionAbortedException("enough"));
        Assert.Null(await accept.Within());
        foreach (var wait in waits)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait.Within());
        }

        Assert.Equal(0, conversation.Connection.ActiveStreamCount);
        Assert.Equal("enough", (await conversation.Run.Within()).Reason);
    }

    [Fact]
    public async Task Requests_that_nobody_took_are_dropped_with_the_connection()
    {
        var options = Http2ConnectionOptions.Tunnel();
        options.Budget = new Engine.Buffers.MemoryBudget(1 << 20);
        await using var conversation = await Conversation.ServerAsync(options);
        await conversation.Peer.SendHeadersAsync(1, RawPeer.Request("POST"), endStream: false);
        await conversation.Peer.SendDataAsync(1, new byte[1000], endStream: true);
        await conversation.Peer.ExpectAliveAsync();
        Assert.Equal(1000, options.Budget.Used);
        conversation.Connection.Abort();
        Assert.Equal(0, options.Budget.Used);
        Assert.Null(await conversation.Connection.AcceptAsync().Within());
    }

    [Fact]
    public async Task A_half_open_connection_is_noticed_by_ping()
    {
        var time = new FakeTimeProvider();
        var options = With(time);
        options.KeepAliveInterval = TimeSpan.FromSeconds(20);
        options.KeepAliveTimeout = TimeSpan.FromSeconds(8);
        await using var conversation = await Conversation.ServerAsync(options);
        var stream = await conversation.AcceptAsync(1, endStream: false);
        var read = stream.Transport.Input.ReadAsync();
        time.Advance(TimeSpan.FromSeconds(20));
        var ping = await conversation.Peer.ExpectPingAsync();
        time.Advance(TimeSpan.FromSeconds(7));
        await conversation.Peer.SendFrameAsync(FrameType.Ping, FrameFlags.Ack, 0, ping.Payload);
        await conversation.Peer.ExpectAliveAsync();
        time.Advance(TimeSpan.FromSeconds(19));
        Assert.False(conversation.Run.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));
        await conversation.Peer.ExpectPingAsync();
        time.Advance(TimeSpan.FromSeconds(8));
        var end = await conversation.Run.Within();
        Assert.Equal(Http2EndedBy.Transport, end.EndedBy);
        Assert.IsType<TimeoutException>(end.Exception);
        await Assert.ThrowsAsync<ConnectionResetException>(() => read.Within());
    }

    [Fact]
    public async Task Silence_instead_of_settings_is_not_waited_for_long()
    {
        var time = new FakeTimeProvider();
        await using var conversation = Conversation.NewServer(With(time));
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(conversation.Connection.HasEnded);
        time.Advance(TimeSpan.FromSeconds(1));
        await conversation.Peer.ExpectConnectionErrorAsync(Http2ErrorCode.ProtocolError);
    }

    [Fact]
    public async Task Settings_that_are_never_acknowledged_end_the_connection()
    {
        var time = new FakeTimeProvider();
        await using var conversation = Conversation.NewServer(With(time));
        await conversation.Peer.SendPrefaceAsync();
        await conversation.Peer.ExpectAliveAsync();
        time.Advance(TimeSpan.FromSeconds(10));
        await conversation.Peer.ExpectConnectionErrorAsync(Http2ErrorCode.SettingsTimeout);
    }

    [Fact]
    public async Task A_field_block_that_is_never_ended_ends_the_connection()
    {
        var time = new FakeTimeProvider();
        await using var conversation = await Conversation.ServerAsync(With(time));

        // Answers to one read leave when it is worked through: with the answer to the PING the block's time has begun.
        await conversation.Peer.SendAsync(
            (byte[])[.. RawPeer.Frame(FrameType.Ping, FrameFlags.None, 0, new byte[8]), .. RawPeer.Frame(FrameType.Headers, FrameFlags.None, 1, 0x82)]);
        await conversation.Peer.ExpectAsync(FrameType.Ping);
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(conversation.Connection.HasEnded);
        time.Advance(TimeSpan.FromSeconds(1));
        await conversation.Peer.ExpectConnectionErrorAsync(Http2ErrorCode.EnhanceYourCalm);
    }

    [Fact]
    public async Task An_idle_visitor_is_shown_out_and_one_with_a_stream_is_not()
    {
        var time = new FakeTimeProvider();
        var options = With(time);
        options.IdleTimeout = TimeSpan.FromMinutes(1);
        options.KeepAliveInterval = TimeSpan.Zero;
        await using var conversation = await Conversation.ServerAsync(options);
        var stream = await conversation.AcceptAsync(1, endStream: true);
        time.Advance(TimeSpan.FromMinutes(5));
        Assert.False(conversation.Connection.IsDraining);
        stream.WriteHead(RawPeer.Response(204), endStream: true);
        time.Advance(TimeSpan.FromSeconds(59));
        Assert.False(conversation.Connection.IsDraining);
        time.Advance(TimeSpan.FromSeconds(1));
        await conversation.Peer.ExpectHeadersAsync(1, endStream: true);
        await conversation.Peer.ExpectGoAwayAsync(Http2ErrorCode.NoError);
        time.Advance(TimeSpan.FromSeconds(1));
        await conversation.Peer.ExpectEndAsync();
        await conversation.Peer.Transport.Transport.Output.CompleteAsync();
        Assert.True((await conversation.Run.Within()).IsClean);
    }

    [Fact]
    public async Task A_peer_that_never_closes_is_cut_after_the_last_frames()
    {
        var time = new FakeTimeProvider();
        await using var conversation = await Conversation.ServerAsync(With(time));
        await conversation.Peer.SendFrameAsync(FrameType.Data, FrameFlags.None, 0, 1);
        await conversation.Peer.ExpectConnectionErrorAsync(Http2ErrorCode.ProtocolError);
        await conversation.Peer.SendDataAsync(1, "still talking");
        Assert.False(conversation.Run.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(2));
        await conversation.Run.Within();
    }

    [Fact]
    public async Task A_transport_that_somebody_else_ended_ends_the_connection_and_every_wait()
    {
        var (mine, theirs) = Engine.Transports.MemoryConnection.CreatePair();
        await using var connection = new Http2Connection(mine, Http2Role.Server, Http2ConnectionOptions.Public());
        var run = connection.RunAsync();
        var peer = new RawPeer(theirs);
        await peer.SendPrefaceAsync();
        await peer.SendHeadersAsync(1, RawPeer.Request("POST"), endStream: false);
        var stream = Assert.IsType<Http2Stream>(await connection.AcceptAsync().Within());
        var read = stream.Transport.Input.ReadAsync().AsTask();
        await mine.Transport.Output.CompleteAsync();
        stream.WriteHead(RawPeer.Response(200)); // Does not throw, and is not sent.
        await Assert.ThrowsAsync<ConnectionResetException>(() => read.Within());
        var end = await run.Within();
        Assert.Equal(Http2EndedBy.Transport, end.EndedBy);
        await theirs.DisposeAsync();
    }

    [Fact]
    public async Task A_defect_while_receiving_ends_the_connection_and_lets_the_transport_go()
    {
        var (mine, theirs) = Engine.Transports.MemoryConnection.CreatePair();
        mine.Transport = new BrokenDuplex(mine.Transport);
        var log = new RecordingLogger();
        var options = Http2ConnectionOptions.Public();
        options.Logger = log;
        await using var connection = new Http2Connection(mine, Http2Role.Server, options);
        var run = connection.RunAsync();
        var peer = new RawPeer(theirs);
        await peer.SendPrefaceAsync();
        await peer.ExpectConnectionErrorAsync(Http2ErrorCode.InternalError);
        await theirs.Transport.Output.CompleteAsync();
        var end = await run.Within();
        Assert.Equal((Http2EndedBy.Local, Http2ErrorCode.InternalError), (end.EndedBy, end.Code));
        Assert.IsType<NotImplementedException>(end.Exception);
        Assert.Contains(log.Lines, line => line.Contains("InternalError", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Errors_of_streams_and_ends_of_connections_are_logged_for_who_debugs()
    {
        var log = new RecordingLogger();
        var options = Http2ConnectionOptions.Public();
        options.Logger = log;
        await using (var conversation = await Conversation.ServerAsync(options))
        {
            await conversation.Peer.SendHeadersAsync(1, RawPeer.Fields((":method", "GET")), endStream: true);
            await conversation.Peer.ExpectResetAsync(1, Http2ErrorCode.ProtocolError);
        }

        Assert.Contains(log.Lines, line => line.Contains("stream 1", StringComparison.Ordinal));
        Assert.Contains(log.Lines, line => line.Contains("ended by Local", StringComparison.Ordinal));
    }

    private sealed class RecordingLogger : Microsoft.Extensions.Logging.ILogger
    {
        public System.Collections.Concurrent.ConcurrentQueue<string> Lines { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(Microsoft.Extensions.Logging.LogLevel logLevel) => true;

        public void Log<TState>(
            Microsoft.Extensions.Logging.LogLevel logLevel, Microsoft.Extensions.Logging.EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Enqueue(formatter(state, exception));
    }

    /// <summary>A transport whose reader fails once where none may fail.</summary>
    private sealed class BrokenDuplex(System.IO.Pipelines.IDuplexPipe inner) : System.IO.Pipelines.PipeReader, System.IO.Pipelines.IDuplexPipe
    {
        private bool _failed;

        public System.IO.Pipelines.PipeReader Input => this;

        public System.IO.Pipelines.PipeWriter Output => inner.Output;

        public override void AdvanceTo(SequencePosition consumed) => inner.Input.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
            inner.Input.AdvanceTo(consumed, examined);
            if (!_failed)
            {
                _failed = true;
                throw new NotImplementedException("a defect");
            }
        }

        public override void CancelPendingRead() => inner.Input.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Input.Complete(exception);

        public override ValueTask<System.IO.Pipelines.ReadResult> ReadAsync(CancellationToken cancellationToken = default) => inner.Input.ReadAsync(cancellationToken);

        public override bool TryRead(out System.IO.Pipelines.ReadResult result) => inner.Input.TryRead(out result);
    }

    private static Http2ConnectionOptions With(TimeProvider time)
    {
        var options = Http2ConnectionOptions.Public();
        options.TimeProvider = time;
        return options;
    }
}
