using Engine.Buffers;
using Engine.Http2;
using Engine.Http2.Frames;
using Engine.Testing;

namespace Engine.Tests.Http2;

/// <summary>The window that streams start with follows the memory budget (RFC 9113 §6.9.2), in a tunnel.</summary>
public class InitialWindowTests
{
    private const int Large = 100_000;

    [Fact]
    public async Task A_quarter_of_the_budget_held_makes_new_windows_smaller_from_the_acknowledgement_on()
    {
        await using var conversation = await Conversation.ServerAsync(Options());
        var first = await HoldAsync(conversation, 1, Large);
        await HoldAsync(conversation, 3, 20_000);
        Assert.Equal(64u << 10, await AnnouncedAsync(conversation));

        // Not acknowledged yet: the peer may not know.
        await conversation.AcceptAsync(5, endStream: false);
        await SendAsync(conversation, 5, 70_000);
        await conversation.Peer.ExpectAliveAsync();
        await conversation.Peer.SendAsync(FrameWriter.WriteSettingsAck);
        await conversation.AcceptAsync(7, endStream: false);
        await SendAsync(conversation, 7, (64 << 10) + 1);
        await conversation.Peer.ExpectResetAsync(7, Http2ErrorCode.FlowControlError);
        await first.DisposeAsync();
    }

    [Fact]
    public async Task A_reader_is_not_left_without_credit_when_its_window_shrinks()
    {
        await using var conversation = await Conversation.ServerAsync(Options());
        var reading = await HoldAsync(conversation, 1, 40_000);
        await reading.Transport.Input.ReadToAsync(40_000); // Less than half of the window: nothing returns.
        Assert.Equal(0, await conversation.Peer.CreditAsync(1));
        await HoldAsync(conversation, 3, Large);
        await HoldAsync(conversation, 5, 20_000);
        Assert.Equal(64u << 10, await AnnouncedAsync(conversation));
        await conversation.Peer.SendAsync(FrameWriter.WriteSettingsAck);
        Assert.Equal(40_000, await conversation.Peer.CreditAsync(1));
    }

    [Fact]
    public async Task Windows_are_large_again_when_the_budget_is_free_and_at_once()
    {
        await using var conversation = await Conversation.ServerAsync(Options());
        var one = await HoldAsync(conversation, 1, Large);
        var two = await HoldAsync(conversation, 3, 20_000);
        Assert.Equal(64u << 10, await AnnouncedAsync(conversation));
        await conversation.Peer.SendAsync(FrameWriter.WriteSettingsAck);
        await conversation.Peer.ExpectAliveAsync();
        var open = await conversation.AcceptAsync(5, endStream: false);
        await one.DisposeAsync();
        await two.DisposeAsync();
        Assert.Equal((uint)Large, await AnnouncedAsync(conversation));
        await SendAsync(conversation, 5, Large);
        Assert.Equal(Large, await open.Transport.Input.ReadToAsync(Large));
    }

    [Fact]
    public async Task Half_of_the_budget_held_makes_windows_smaller_still()
    {
        await using var conversation = await Conversation.ServerAsync(Options());
        for (var id = 1; id <= 5; id += 2)
        {
            await HoldAsync(conversation, id, 80_000);
        }

        Assert.Equal(64u << 10, await AnnouncedAsync(conversation));
        await conversation.Peer.SendAsync(FrameWriter.WriteSettingsAck);
        await HoldAsync(conversation, 7, 1);
        Assert.Equal(16u << 10, await AnnouncedAsync(conversation));
    }

    [Fact]
    public async Task Towards_visitors_nothing_changes()
    {
        var options = Options(Http2ConnectionOptions.Public());
        await using var conversation = await Conversation.ServerAsync(options);
        await HoldAsync(conversation, 1, Large);
        await HoldAsync(conversation, 3, Large);
        while (await conversation.Peer.ReadUntilPongAsync() is { } frame)
        {
            Assert.NotEqual(FrameType.Settings, frame.Type);
        }
    }

    private static Http2ConnectionOptions Options(Http2ConnectionOptions? options = null)
    {
        options ??= Http2ConnectionOptions.Tunnel();
        options.InitialStreamWindow = Large;
        options.ConnectionWindow = 1 << 20;
        options.Budget = new MemoryBudget(4 * Large);
        return options;
    }

    private static async Task<Http2Stream> HoldAsync(Conversation conversation, int id, int octets)
    {
        var stream = await conversation.AcceptAsync(id, endStream: false);
        await SendAsync(conversation, id, octets);
        return stream;
    }

    private static async Task SendAsync(Conversation conversation, int id, int octets)
    {
        for (; octets > 0; octets -= 16_000)
        {
            await conversation.Peer.SendDataAsync(id, new byte[Math.Min(octets, 16_000)]);
        }
    }

    private static async Task<uint> AnnouncedAsync(Conversation conversation)
    {
        while (true)
        {
            var frame = await conversation.Peer.ReadAsync().Within();
            Assert.NotNull(frame);
            if (frame.Type == FrameType.Settings && !frame.Header.Has(FrameFlags.Ack))
            {
                Assert.Equal(6, frame.Payload.Length);
                Assert.Equal([0, 4], frame.Payload.AsSpan(0, 2).ToArray());
                return System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(frame.Payload.AsSpan(2));
            }
        }
    }
}
