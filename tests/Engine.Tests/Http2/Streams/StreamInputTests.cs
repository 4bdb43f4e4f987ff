using System.Buffers;
using Engine.Http2;
using Engine.Testing;

namespace Engine.Tests.Http2.Streams;

/// <summary>A stream's input when its reader cancels, completes or is disposed of in the middle of something.</summary>
public class StreamInputTests
{
    [Fact]
    public async Task Advancing_over_an_empty_read_does_not_mind_what_came_meanwhile()
    {
        await using var conversation = await Conversation.ServerAsync();
        var stream = await conversation.AcceptAsync(1, endStream: false);
        var input = stream.Transport.Input;
        input.CancelPendingRead();
        var empty = await input.ReadAsync().Within();
        Assert.True(empty.IsCanceled && empty.Buffer.IsEmpty);
        await conversation.Peer.SendDataAsync(1, "small");
        await conversation.Peer.SendDataAsync(1, new byte[16_000], endStream: true);
        await conversation.Peer.ExpectAliveAsync();
        input.AdvanceTo(empty.Buffer.Start, empty.Buffer.End);
        Assert.Equal(16_005, (await input.ReadAllAsync()).Length);
    }

    [Fact]
    public async Task Completing_ends_a_read_that_waits()
    {
        await using var conversation = await Conversation.ServerAsync();
        var stream = await conversation.AcceptAsync(1, endStream: false);
        var read = stream.Transport.Input.ReadAsync().AsTask();
        stream.Transport.Input.Complete();
        await Assert.ThrowsAsync<InvalidOperationException>(() => read.Within());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_being_looked_at_is_not_given_to_another_stream(bool disposes)
    {
        await using var conversation = await Conversation.ServerAsync();
        var stream = await conversation.AcceptAsync(1, endStream: false);
        await conversation.Peer.SendDataAsync(1, "mine");
        var read = await stream.Transport.Input.ReadAsync().Within();
        if (disposes)
        {
            await stream.DisposeAsync();
        }
        else
        {
            stream.Transport.Input.Complete();
        }

        for (var id = 3; id < 13; id += 2)
        {
            await conversation.AcceptAsync(id, endStream: false);
            await conversation.Peer.SendDataAsync(id, "theirs");
        }

        while (await conversation.Peer.ReadUntilPongAsync() is not null)
        {
        }

        Assert.Equal("mine"u8.ToArray(), read.Buffer.ToArray());
        stream.Transport.Input.AdvanceTo(read.Buffer.End);
    }
}
