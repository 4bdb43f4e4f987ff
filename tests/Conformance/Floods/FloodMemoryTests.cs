using Engine.Conformance.Peers;
using Engine.Http2.Frames;

namespace Engine.Conformance.Floods;

/// <summary>Clients that make a server hold or allocate memory: each costs a bounded amount.</summary>
/// <remarks>The counts are the process's, so nothing else may run meanwhile.</remarks>
[Collection(nameof(FloodMemoryTests))]
[CollectionDefinition(nameof(FloodMemoryTests), DisableParallelization = true)]
public class FloodMemoryTests
{
    [Fact]
    public async Task A_field_block_that_expands_without_bounds_costs_the_stream_and_little_else()
    {
        // An HPACK bomb: one entry of 4,000 octets and then 16,000 references to it, which would be 64 MB.
        await using var client = await RawClient.ConnectAndGreetAsync();
        var value = new byte[4000];
        Array.Fill(value, (byte)'x');
        client.Headers(1, [.. RawClient.Get(), 0x40, 0x01, (byte)'b', 0x7F, 0xA1, 0x1E, .. value]);
        await client.ExpectFixedAnswerAsync();

        var references = new byte[16_000];
        Array.Fill(references, (byte)0xBE);
        var before = GC.GetTotalAllocatedBytes();
        for (var i = 0; i < 20; i++)
        {
            client.Headers(3 + (2 * i), [.. RawClient.Get(), .. references]);
        }

        await client.FlushAsync();
        await client.ReadUntilAsync(frame => frame.StreamId == 41 && frame.EndsStream | frame.Type == FrameType.RstStream, "the last one was refused");
        Assert.InRange(GC.GetTotalAllocatedBytes() - before, 0, 16 << 20);
    }

    [Fact]
    public async Task A_client_that_opens_many_streams_and_reads_nothing_costs_a_bounded_amount()
    {
        // A window of nothing, the most streams that are allowed, and an echo of as much as the windows let through.
        await using var client = await RawClient.ConnectAndGreetAsync(null, (4, 0));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < 100; i++)
        {
            client.Headers((2 * i) + 1, RawClient.Post(), end: false);
            client.Data((2 * i) + 1, 4096, end: false);
        }

        await client.ExpectAliveAsync();
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 16 << 20);
    }
}
