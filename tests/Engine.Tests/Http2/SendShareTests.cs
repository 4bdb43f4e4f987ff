using Engine.Http2;
using Engine.Http2.Frames;
using Engine.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Engine.Tests.Http2;

/// <summary>How much of the connection one stream may hold, and that no peer's way of returning credit stops it for good.</summary>
public class SendShareTests
{
    [Fact]
    public async Task A_stream_of_a_tunnel_client_leaves_three_quarters_of_the_connection_to_the_others()
    {
        await using var conversation = await Conversation.ClientAsync(null, (4, 1 << 20));
        await conversation.Peer.SendWindowUpdateAsync(0, (1 << 20) - 65_535);
        var stalled = await conversation.OpenAsync(endStream: false);
        var blocked = stalled.Transport.Output.WriteAsync(new byte[1 << 20]).AsTask();
        Assert.Equal(1 << 18, await ReceivedAsync());
        var other = await conversation.OpenAsync(endStream: false);
        await other.Transport.Output.WriteAsync(new byte[100_000]).Within();
        Assert.Equal(100_000, await ReceivedAsync());

        // A peer that returns credit in small steps keeps the stream at its quarter.
        await conversation.Peer.SendWindowUpdateAsync(1, 10_000);
        Assert.Equal(10_000, await ReceivedAsync());
        Assert.False(blocked.IsCompleted);

        async Task<int> ReceivedAsync()
        {
            var received = 0;
            while (await conversation.Peer.ReadUntilPongAsync() is { } frame)
            {
                received += frame.Type == FrameType.Data ? frame.Payload.Length : 0;
            }

            return received;
        }
    }

    [Fact]
    public async Task A_peer_that_returns_credit_by_the_half_window_is_not_waited_for_without_end()
    {
        var time = new FakeTimeProvider();
        var options = Http2ConnectionOptions.Tunnel();
        options.TimeProvider = time;
        await using var conversation = await Conversation.ClientAsync(options, (4, 1 << 20));
        await conversation.Peer.SendWindowUpdateAsync(0, (1 << 20) - 65_535);
        var stream = await conversation.OpenAsync(endStream: false);
        var flush = stream.Transport.Output.WriteAsync(new byte[1 << 20]).AsTask();
        var received = 0;
        await ReceiveAsync();
        Assert.Equal(1 << 18, received);
        time.Advance(TimeSpan.FromSeconds(1));
        await ReceiveAsync();
        Assert.Equal(3 << 18, received);

        await conversation.Peer.SendWindowUpdateAsync(0, 3 << 18);
        await conversation.Peer.SendWindowUpdateAsync(1, 3 << 18);
        while (!flush.IsCompleted || received < 1 << 20)
        {
            await ReceiveAsync();
        }

        Assert.Equal(1 << 20, received);

        // From now on every stream may go that far at once.
        var next = await conversation.OpenAsync(endStream: false);
        _ = next.Transport.Output.WriteAsync(new byte[1 << 20]).AsTask();
        received = 0;
        await ReceiveAsync();
        Assert.Equal(3 << 18, received);

        async Task ReceiveAsync()
        {
            while (await conversation.Peer.ReadUntilPongAsync() is { } frame)
            {
                received += frame.Type == FrameType.Data ? frame.Payload.Length : 0;
            }
        }
    }

    [Theory]
    [InlineData(4 << 20)]
    [InlineData(1 << 20)]
    public async Task A_peer_whose_windows_grow_is_not_waited_for_without_end(int connectionWindow)
    {
        var time = new FakeTimeProvider();
        var options = Http2ConnectionOptions.Tunnel();
        options.TimeProvider = time;
        await using var conversation = await Conversation.ClientAsync(options, (4, 1 << 20));
        await conversation.Peer.SendWindowUpdateAsync(0, connectionWindow - 65_535);
        var stream = await conversation.OpenAsync(endStream: false);
        var flush = stream.Transport.Output.WriteAsync(new byte[48 << 20]).AsTask();
        var (received, unreturned, window) = (0, 0, 1 << 20);
        for (var idle = 0; received < 48 << 20; idle++)
        {
            var before = received;
            while (await conversation.Peer.ReadUntilPongAsync() is { } frame)
            {
                var octets = frame.Type == FrameType.Data ? frame.Payload.Length : 0;
                (received, unreturned, idle) = (received + octets, unreturned + octets, 0);
            }

            Assert.True(idle < 4, $"Nothing came after {received} octets, though half of the window of {window} is not used up.");
            if (received > before)
            {
                await conversation.Peer.SendWindowUpdateAsync(0, received - before);
            }
            else
            {
                time.Advance(TimeSpan.FromSeconds(1));
            }

            if (unreturned * 2 >= window)
            {
                var growth = Math.Min(window, (16 << 20) - window);
                await conversation.Peer.SendWindowUpdateAsync(1, unreturned + growth);
                (unreturned, window) = (0, window + growth);
            }
        }

        Assert.False((await flush.Within()).IsCompleted);
    }
}
