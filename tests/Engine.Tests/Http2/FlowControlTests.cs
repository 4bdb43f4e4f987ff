using System.Buffers;
using Engine.Buffers;
using Engine.Http2;
using Engine.Http2.Frames;
using Engine.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Engine.Tests.Http2;

/// <summary>Windows in both directions (RFC 9113 §5.2, §6.9), and the two profiles' ways with the connection's credit.</summary>
public class FlowControlTests
{
    [Fact]
    public async Task Data_waits_for_the_stream_window()
    {
        await using var conversation = await Conversation.ServerAsync(null, (4, 3));
        var stream = await AnsweringAsync(conversation, 1);
        var flush = stream.Transport.Output.WriteTextAsync("abcdefgh");
        Assert.Equal("abc"u8.ToArray(), await conversation.Peer.ExpectDataAsync(1, endStream: false));
        Assert.False(flush.IsCompleted);
        await conversation.Peer.SendWindowUpdateAsync(1, 1);
        Assert.Equal("d"u8.ToArray(), await conversation.Peer.ExpectDataAsync(1, endStream: false));
        await conversation.Peer.SendWindowUpdateAsync(1, 10);
        Assert.Equal("efgh"u8.ToArray(), await conversation.Peer.ExpectDataAsync(1, endStream: false));
        await flush;
    }

    [Fact]
    public async Task Data_waits_for_the_connection_window()
    {
        await using var conversation = await Conversation.ServerAsync(null, (4, 1 << 20));
        var stream = await AnsweringAsync(conversation, 1);
        var flush = stream.Transport.Output.WriteAsync(new byte[70_000]).AsTask();
        var received = 0;
        while (received < 65_535)
        {
            received += (await conversation.Peer.ExpectDataAsync(1, endStream: false)).Length;
        }

        Assert.Equal(65_535, received);
        await conversation.Peer.ExpectAliveAsync();
        Assert.False(flush.IsCompleted);
        await conversation.Peer.SendWindowUpdateAsync(0, 100_000);
        Assert.Equal(70_000 - 65_535, (await conversation.Peer.ExpectDataAsync(1, endStream: false)).Length);
        await flush.Within();
    }

    [Fact]
    public async Task The_end_of_a_stream_needs_no_window()
    {
        await using var conversation = await Conversation.ServerAsync(null, (4, 3));
        var stream = await AnsweringAsync(conversation, 1);
        await stream.Transport.Output.WriteTextAsync("abc");
        await stream.Transport.Output.CompleteAsync();
        Assert.Equal("abc"u8.ToArray(), await conversation.Peer.ExpectDataAsync(1, endStream: false));
        Assert.Empty(await conversation.Peer.ExpectDataAsync(1, endStream: true));
    }

    [Fact]
    public async Task A_smaller_initial_window_makes_open_windows_negative_and_they_recover()
    {
        await using var conversation = await Conversation.ServerAsync(null, (4, 10));
        var stream = await AnsweringAsync(conversation, 1);
        await stream.Transport.Output.WriteTextAsync("0123456789");
        Assert.Equal(10, (await conversation.Peer.ExpectDataAsync(1, endStream: false)).Length);
        await conversation.Peer.SendSettingsAsync((4, 4)); // -6
        var flush = stream.Transport.Output.WriteTextAsync("abc");
        await conversation.Peer.SendWindowUpdateAsync(1, 6); // 0
        await conversation.Peer.ExpectAliveAsync();
        Assert.False(flush.IsCompleted);
        await conversation.Peer.SendWindowUpdateAsync(1, 1);
        Assert.Equal("a"u8.ToArray(), await conversation.Peer.ExpectDataAsync(1, endStream: false));
        await conversation.Peer.SendSettingsAsync((4, 100));
        Assert.Equal("bc"u8.ToArray(), await conversation.Peer.ExpectDataAsync(1, endStream: false));
        await flush;
    }

    [Fact]
    public async Task Data_is_cut_to_the_peers_frame_size_and_never_larger_than_a_turn()
    {
        await using var conversation = await Conversation.ServerAsync(null, (5, 1 << 20), (4, 1 << 20));
        await conversation.Peer.SendWindowUpdateAsync(0, 1 << 20);
        var stream = await AnsweringAsync(conversation, 1);
        await stream.Transport.Output.WriteAsync(new byte[100_000]).Within();
        await stream.Transport.Output.CompleteAsync();
        var received = 0;
        RawFrame frame;
        do
        {
            frame = await conversation.Peer.ExpectAsync(FrameType.Data);
            Assert.InRange(frame.Payload.Length, 0, 32_768);
            received += frame.Payload.Length;
        }
        while (!frame.Header.Has(FrameFlags.EndStream));

        Assert.Equal(100_000, received);
    }

    [Fact]
    public async Task Credit_returns_to_a_stream_when_half_of_its_window_is_consumed()
    {
        await using var conversation = await Conversation.ServerAsync(Small(Http2ConnectionOptions.Public()));
        var stream = await conversation.AcceptAsync(1, endStream: false);
        await conversation.Peer.SendDataAsync(1, new byte[8000]);
        var read = await stream.Transport.Input.ReadAsync().Within();
        stream.Transport.Input.AdvanceTo(read.Buffer.GetPosition(4999));
        Assert.Equal(0, await conversation.Peer.CreditAsync(1));
        read = await stream.Transport.Input.ReadAsync().Within();
        Assert.Equal(3001, read.Buffer.Length);
        stream.Transport.Input.AdvanceTo(read.Buffer.GetPosition(1));
        Assert.Equal(5000, await conversation.Peer.CreditAsync(1));
    }

    [Fact]
    public async Task What_is_only_examined_returns_no_credit_and_is_given_again()
    {
        await using var conversation = await Conversation.ServerAsync(Small(Http2ConnectionOptions.Public()));
        var stream = await conversation.AcceptAsync(1, endStream: false);
        await conversation.Peer.SendDataAsync(1, new byte[9000]);
        var read = await stream.Transport.Input.ReadAsync().Within();
        stream.Transport.Input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        Assert.False(stream.Transport.Input.TryRead(out _));
        var next = stream.Transport.Input.ReadAsync();
        Assert.False(next.IsCompleted);
        Assert.Equal(0, await conversation.Peer.CreditAsync(1));
        await conversation.Peer.SendDataAsync(1, new byte[1]);
        read = await next.Within();
        Assert.Equal(9001, read.Buffer.Length);
        stream.Transport.Input.AdvanceTo(read.Buffer.Start, read.Buffer.GetPosition(100));
        Assert.True(stream.Transport.Input.TryRead(out read));
        Assert.Equal(9001, read.Buffer.Length);
        stream.Transport.Input.AdvanceTo(read.Buffer.End);
        Assert.Equal(9001, await conversation.Peer.CreditAsync(1));
    }

    [Fact]
    public async Task Padding_returns_at_once()
    {
        await using var conversation = await Conversation.ServerAsync(Small(Http2ConnectionOptions.Public()));
        await conversation.AcceptAsync(1, endStream: false);
        var payload = new byte[256];
        payload[0] = 255;
        for (var i = 0; i < 40; i++)
        {
            await conversation.Peer.SendFrameAsync(FrameType.Data, FrameFlags.Padded, 1, payload);
        }

        // Without the credit the stream's window of 10,000 would be overdrawn by 240.
        Assert.InRange(await conversation.Peer.CreditAsync(1), 5000, 10_240);
    }

    [Fact]
    public async Task In_public_the_connection_gets_its_credit_when_octets_are_consumed()
    {
        await using var conversation = await Conversation.ServerAsync(Small(Http2ConnectionOptions.Public()));
        var stream = await conversation.AcceptAsync(1, endStream: false);
        for (var i = 1; i < 10; i++)
        {
            await conversation.Peer.SendDataAsync(1, new byte[5000]);
            await Drain(stream, 5000);
            Assert.Equal(i == 7 ? 35_000 : 0, await conversation.Peer.CreditAsync(0));
        }
    }

    [Fact]
    public async Task In_a_tunnel_the_connection_gets_its_credit_on_receipt()
    {
        var options = Small(Http2ConnectionOptions.Tunnel());
        await using var conversation = await Conversation.ServerAsync(options);
        for (var id = 1; id < 9; id += 2)
        {
            await conversation.AcceptAsync(id, endStream: false);
            await conversation.Peer.SendDataAsync(id, new byte[10_000]);
        }

        Assert.Equal(40_000, await conversation.Peer.CreditAsync(0));
        Assert.Equal(40_000, options.Budget.Used);
    }

    [Fact]
    public async Task In_a_tunnel_without_budget_the_connection_gets_its_credit_when_octets_are_consumed()
    {
        var options = Small(Http2ConnectionOptions.Tunnel());
        options.Budget = new MemoryBudget(5_000);
        await using var conversation = await Conversation.ServerAsync(options);
        var stream = await conversation.AcceptAsync(1, endStream: false);
        var other = await conversation.AcceptAsync(3, endStream: false);
        await conversation.Peer.SendDataAsync(1, new byte[5_000]);
        await conversation.Peer.SendDataAsync(1, new byte[5_000]);
        for (var id = 5; id < 11; id += 2)
        {
            await conversation.AcceptAsync(id, endStream: false);
            await conversation.Peer.SendDataAsync(id, new byte[8_000]);
        }

        Assert.Equal(0, await conversation.Peer.CreditAsync(0));
        await Drain(stream, 10_000);
        other.Reset(Http2ErrorCode.Cancel);
        for (var i = 0; i < 3; i++)
        {
            await conversation.Peer.SendDataAsync(3, new byte[10_000]);
        }

        // 5,000 on receipt, 5,000 when consumed, 30,000 for a stream that is gone; 24,000 are held.
        Assert.Equal(40_000, await conversation.Peer.CreditAsync(0));
        Assert.Equal(0, options.Budget.Used);
    }

    [Theory]
    [InlineData(Http2Profile.Public)]
    [InlineData(Http2Profile.Tunnel)]
    public async Task Every_octet_returns_to_the_connection_and_to_the_budget_however_a_stream_ends(Http2Profile profile)
    {
        var options = Small(profile == Http2Profile.Public ? Http2ConnectionOptions.Public() : Http2ConnectionOptions.Tunnel());
        options.Budget = new MemoryBudget(1 << 20);
        await using var conversation = await Conversation.ServerAsync(options);
        long credit = 0;
        var id = 1;
        foreach (var end in new Func<Http2Stream, Task>[]
        {
            stream => stream.DisposeAsync().AsTask(),
            stream => { stream.Reset(Http2ErrorCode.Cancel); return Task.CompletedTask; },
            stream => { stream.Abort(); return Task.CompletedTask; },
            stream => conversation.Peer.SendResetAsync(stream.StreamId, Http2ErrorCode.Cancel),
            stream => { stream.Transport.Input.Complete(); return Task.CompletedTask; },
            stream => Drain(stream, 10_000),
            async stream => { var read = await stream.Transport.Input.ReadAsync(); stream.Reset(Http2ErrorCode.Cancel); stream.Transport.Input.AdvanceTo(read.Buffer.Start); },
            async stream => { await stream.Transport.Input.ReadAsync(); stream.Abort(); await stream.DisposeAsync(); },
        })
        {
            var stream = await conversation.AcceptAsync(id, endStream: false);
            await conversation.Peer.SendDataAsync(id, new byte[10_000]);
            await end(stream);
            id += 2;
            while (await conversation.Peer.ReadUntilPongAsync() is { } frame)
            {
                credit += frame.Type == FrameType.WindowUpdate && frame.StreamId == 0 ? frame.Number : 0;
            }
        }

        Assert.InRange(credit, 80_000 - 32_768, 80_000);
        Assert.Equal(0, options.Budget.Used);
    }

    [Fact]
    public async Task Data_for_a_stream_that_is_gone_returns_to_the_connection()
    {
        await using var conversation = await Conversation.ServerAsync(Small(Http2ConnectionOptions.Public()));
        var stream = await conversation.AcceptAsync(1, endStream: false);
        stream.WriteHead(RawPeer.Response(200), endStream: true);
        await stream.DisposeAsync();
        for (var i = 0; i < 10; i++)
        {
            await conversation.Peer.SendDataAsync(1, new byte[10_000]);
        }

        Assert.InRange(await conversation.Peer.CreditAsync(0), 100_000 - 32_768, 100_000);
    }

    [Fact]
    public async Task Until_settings_are_acknowledged_a_peer_may_count_from_the_default_window()
    {
        await using var conversation = Conversation.NewServer(Small(Http2ConnectionOptions.Public()));
        await conversation.Peer.SendPrefaceAsync();
        var early = await conversation.AcceptAsync(1, endStream: false);
        await conversation.Peer.SendDataAsync(1, new byte[16_000]);
        await conversation.Peer.SendDataAsync(1, new byte[16_000], endStream: true);
        Assert.Equal(32_000, (await early.Transport.Input.ReadAllAsync()).Length);
        await conversation.Peer.SendAsync(FrameWriter.WriteSettingsAck);
        await conversation.AcceptAsync(3, endStream: false);
        await conversation.Peer.SendDataAsync(3, new byte[10_001]);
        await conversation.Peer.ExpectResetAsync(3, Http2ErrorCode.FlowControlError);
    }

    [Fact]
    public async Task Windows_grow_with_the_bandwidth_delay_product_and_not_for_a_slow_reader()
    {
        var time = new FakeTimeProvider();
        var options = Small(Http2ConnectionOptions.Tunnel());
        options.TimeProvider = time;
        options.MaxStreamWindow = 100_000;
        options.KeepAliveInterval = TimeSpan.Zero;
        await using var conversation = await Conversation.ServerAsync(options);
        conversation.Peer.AnswersPings = false;

        // The first DATA is answered by a PING; its answer takes 100 ms.
        var stream = await conversation.AcceptAsync(1, endStream: false);
        await conversation.Peer.SendDataAsync(1, new byte[100]);
        await Drain(stream, 100);
        var ping = await conversation.Peer.ExpectAsync(FrameType.Ping);
        time.Advance(TimeSpan.FromMilliseconds(100));
        await conversation.Peer.SendFrameAsync(FrameType.Ping, FrameFlags.Ack, 0, ping.Payload);
        await conversation.Peer.ExpectAliveAsync();
        Assert.Equal(TimeSpan.FromMilliseconds(100), conversation.Connection.RoundTripTime);

        // 5,000 octets in 500 ms: a window of 10,000 is plenty.
        time.Advance(TimeSpan.FromMilliseconds(400));
        Assert.Equal(0, await TransferAsync(5_000) - 5_100);

        // 5,000 octets in 10 ms are 50,000 a round trip.
        time.Advance(TimeSpan.FromMilliseconds(10));
        Assert.Equal(5_000 + 10_000, await TransferAsync(5_000));

        time.Advance(TimeSpan.FromMilliseconds(10));
        Assert.Equal(10_000 + 20_000, await TransferAsync(10_000));

        time.Advance(TimeSpan.FromMilliseconds(20));
        Assert.Equal(20_000 + 40_000, await TransferAsync(20_000));

        // Up to the limit and not beyond.
        time.Advance(TimeSpan.FromMilliseconds(20));
        Assert.Equal(40_000 + 20_000, await TransferAsync(40_000));
        time.Advance(TimeSpan.FromMilliseconds(20));
        Assert.Equal(50_000, await TransferAsync(50_000));

        async Task<long> TransferAsync(int octets)
        {
            for (var left = octets; left > 0; left -= 5_000)
            {
                await conversation.Peer.SendDataAsync(1, new byte[5_000]);
            }

            await Drain(stream, octets);
            return await conversation.Peer.CreditAsync(1);
        }
    }

    [Fact]
    public async Task Windows_do_not_grow_when_the_budget_has_no_room()
    {
        var time = new FakeTimeProvider();
        var options = Small(Http2ConnectionOptions.Tunnel());
        options.TimeProvider = time;
        options.Budget = new MemoryBudget(19_000);
        await using var conversation = await Conversation.ServerAsync(options);
        await conversation.Connection.PingOverAsync(conversation.Peer, time, TimeSpan.FromMilliseconds(100));
        var stream = await conversation.AcceptAsync(1, endStream: false);
        await conversation.Peer.SendDataAsync(1, new byte[5_000]);
        await Drain(stream, 5_000);
        Assert.Equal(5_000, await conversation.Peer.CreditAsync(1));
    }

    [Fact]
    public async Task A_canceled_flush_leaves_the_data_queued()
    {
        await using var conversation = await Conversation.ServerAsync(null, (4, 0));
        var stream = await AnsweringAsync(conversation, 1);
        using var cancel = new CancellationTokenSource();
        var flush = stream.Transport.Output.WriteAsync("abc"u8.ToArray(), cancel.Token).AsTask();
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => flush.Within());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream.Transport.Output.FlushAsync(cancel.Token).Within());
        var pending = stream.Transport.Output.FlushAsync();
        stream.Transport.Output.CancelPendingFlush();
        Assert.True((await pending.Within()).IsCanceled);
        stream.Transport.Output.CancelPendingFlush();
        Assert.True((await stream.Transport.Output.FlushAsync().Within()).IsCanceled);
        pending = stream.Transport.Output.FlushAsync();
        await conversation.Peer.SendWindowUpdateAsync(1, 10);
        Assert.False((await pending.Within()).IsCanceled);
        Assert.Equal("abc"u8.ToArray(), await conversation.Peer.ExpectDataAsync(1, endStream: false));
    }

    [Fact]
    public async Task A_canceled_read_loses_nothing()
    {
        await using var conversation = await Conversation.ServerAsync();
        var stream = await conversation.AcceptAsync(1, endStream: false);
        var input = stream.Transport.Input;
        using var cancel = new CancellationTokenSource();
        var read = input.ReadAsync(cancel.Token).AsTask();
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read.Within());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => input.ReadAsync(cancel.Token).Within());
        var pending = input.ReadAsync();
        Assert.Throws<InvalidOperationException>(() => { _ = input.ReadAsync(); });
        input.CancelPendingRead();
        Assert.True((await pending.Within()).IsCanceled);
        input.CancelPendingRead();
        Assert.True(input.TryRead(out var canceled));
        Assert.True(canceled.IsCanceled);
        await conversation.Peer.SendDataAsync(1, "abc", endStream: true);
        Assert.Equal("abc", await input.ReadTextAsync());
        input.Complete();
        Assert.Throws<InvalidOperationException>(() => { _ = input.ReadAsync(); });
        Assert.Throws<InvalidOperationException>(() => input.TryRead(out _));
    }

    private static Http2ConnectionOptions Small(Http2ConnectionOptions options)
    {
        options.InitialStreamWindow = 10_000;
        options.ConnectionWindow = 65_536;
        options.Budget = new MemoryBudget(10 << 20);
        return options;
    }

    private static async Task<Http2Stream> AnsweringAsync(Conversation conversation, int id)
    {
        var stream = await conversation.AcceptAsync(id, endStream: true);
        stream.WriteHead(RawPeer.Response(200));
        await stream.Transport.Output.FlushAsync();
        await conversation.Peer.ExpectHeadersAsync(id, endStream: false);
        return stream;
    }

    private static async Task Drain(Http2Stream stream, int octets)
    {
        while (octets > 0)
        {
            var read = await stream.Transport.Input.ReadAsync().Within();
            octets -= (int)read.Buffer.Length;
            stream.Transport.Input.AdvanceTo(read.Buffer.End);
        }
    }
}

internal static class PeerExtensions
{
    private static readonly byte[] Opaque = [9, 9, 9, 9, 0, 0, 0, 0];

    /// <summary>Each frame that was sent before the answer to a PING, and then null.</summary>
    public static async Task<RawFrame?> ReadUntilPongAsync(this RawPeer peer)
    {
        if (!peer.AwaitsPong)
        {
            peer.AwaitsPong = true;
            await peer.SendFrameAsync(FrameType.Ping, FrameFlags.None, 0, Opaque);
        }

        var frame = await peer.ReadAsync() ?? throw new InvalidOperationException("The connection ended.");
        if (frame.Type == FrameType.Ping && frame.Header.Has(FrameFlags.Ack) && frame.Payload.AsSpan().SequenceEqual(Opaque))
        {
            peer.AwaitsPong = false;
            return null;
        }

        return frame;
    }

    /// <summary>Lets a PING of ours take the given time.</summary>
    public static async Task PingOverAsync(this Http2Connection connection, RawPeer peer, FakeTimeProvider time, TimeSpan roundTrip)
    {
        var ping = connection.PingAsync().AsTask();
        var frame = await peer.ExpectPingAsync();
        time.Advance(roundTrip);
        await peer.SendFrameAsync(FrameType.Ping, FrameFlags.Ack, 0, frame.Payload);
        Assert.Equal(roundTrip, await ping.Within());
    }

    public static async Task<RawFrame> ExpectPingAsync(this RawPeer peer)
    {
        while (true)
        {
            var frame = await peer.ReadAsync() ?? throw new InvalidOperationException("The connection ended.");
            if (frame.Type == FrameType.Ping && !frame.Header.Has(FrameFlags.Ack))
            {
                return frame;
            }
        }
    }
}
