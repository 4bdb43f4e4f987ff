using System.Diagnostics;
using Engine.Conformance.Peers;
using Engine.Http2;
using Engine.Http2.Frames;
using Engine.Testing;
using static Engine.Http2.Http2ErrorCode;

namespace Engine.Conformance.Floods;

/// <summary>Clients that keep the letter of the protocol to make a server work: each is cut off, and costs a bounded amount before.</summary>
public class ServerFloodTests
{
    private const int More = 20_000; // of anything: far more than any honest client sends at once

    [Fact]
    public async Task Streams_opened_and_reset_at_once_end_the_connection()
    {
        // CVE-2023-44487
        await using var client = await RawClient.ConnectAndGreetAsync();
        await FloodAsync(client, More, i =>
        {
            client.Headers((2 * i) + 1, RawClient.Get());
            client.RstStream((2 * i) + 1);
        });
        await client.ExpectConnectionErrorAsync(EnhanceYourCalm);
        await client.ExpectServerEndedAsync();
    }

    [Fact]
    public async Task Streams_that_the_server_is_made_to_reset_end_the_connection()
    {
        // CVE-2025-8671: the reset is the server's, for an error on the stream.
        await using var client = await RawClient.ConnectAndGreetAsync();
        await FloodAsync(client, More, i =>
        {
            client.Headers((2 * i) + 1, RawClient.Post(), end: false);
            client.WindowUpdate((2 * i) + 1, 0);
        });
        await client.ExpectConnectionErrorAsync(EnhanceYourCalm);
    }

    [Fact]
    public async Task A_field_block_without_end_ends_the_connection()
    {
        await using var client = await RawClient.ConnectAndGreetAsync();
        client.Headers(1, RawClient.Get(), whole: false);
        var part = RawBlock.Of($"x-long: {new string('x', 8000)}");
        await FloodAsync(client, 4000, _ => client.Continuation(1, part, whole: false));
        await client.ExpectConnectionErrorAsync(EnhanceYourCalm, ProtocolError);
    }

    [Fact]
    public async Task A_field_block_of_empty_CONTINUATIONs_ends_the_connection()
    {
        await using var client = await RawClient.ConnectAndGreetAsync();
        client.Headers(1, RawClient.Get(), whole: false);
        await FloodAsync(client, More, _ => client.Continuation(1, [], whole: false));
        await client.ExpectConnectionErrorAsync(EnhanceYourCalm, ProtocolError);
    }

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
    public async Task A_head_larger_than_announced_costs_its_stream_alone()
    {
        await using var client = await RawClient.ConnectAndGreetAsync();
        client.Headers(1, RawClient.Get(), whole: false);
        for (var i = 0; i < 6; i++)
        {
            client.Continuation(1, RawBlock.Of($"x-{i}: {new string('x', 12_000)}"), whole: i == 5);
        }

        var refusal = await client.ReadUntilAsync(frame => frame.StreamId == 1 && frame.Type is FrameType.Headers or FrameType.RstStream or FrameType.GoAway, "the head was refused");
        Assert.True(refusal.Type != FrameType.GoAway, client.Heard());
        client.Headers(3, RawClient.Get());
        await client.ExpectFixedAnswerAsync(3);
    }

    [Theory]
    [InlineData("SETTINGS")]
    [InlineData("PING")]
    [InlineData("PRIORITY")]
    [InlineData("DATA without octets")]
    [InlineData("a frame of unknown type")]
    public async Task Frames_that_have_no_effect_end_the_connection_when_they_do_not_stop(string what)
    {
        await using var client = await RawClient.ConnectAndGreetAsync();
        client.Headers(1, RawClient.Get());
        client.Headers(3, RawClient.Post(), end: false);
        await client.ExpectFixedAnswerAsync();
        await FloodAsync(client, More, _ =>
        {
            switch (what)
            {
                case "SETTINGS":
                    client.Settings();
                    break;
                case "PING":
                    client.Ping();
                    break;
                case "PRIORITY":
                    client.Priority(9, 0);
                    break;
                case "DATA without octets":
                    client.Data(3, "", end: false);
                    break;
                default:
                    client.Frame((FrameType)0x42, FrameFlags.None, 0);
                    break;
            }
        });
        await client.ExpectConnectionErrorAsync(EnhanceYourCalm);
        await client.ExpectServerEndedAsync();
    }

    [Fact]
    public async Task In_the_tunnel_profile_resets_do_not_end_the_connection_that_others_share()
    {
        await using var client = await RawClient.ConnectAndGreetAsync(Http2ConnectionOptions.Tunnel());
        client.WindowUpdate(0, 1 << 30); // what is answered before its reset arrives spends the connection's window
        await FloodAsync(client, 5000, i =>
        {
            client.Headers((2 * i) + 1, RawClient.Get());
            client.RstStream((2 * i) + 1);
        });
        client.Headers(20_001, RawClient.Get());
        await client.ExpectFixedAnswerAsync(20_001);
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

    /// <summary>Sends in batches until the other side has hung up.</summary>
    private static async Task FloodAsync(RawClient client, int count, Action<int> send)
    {
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < count && !client.Served.IsCompleted; i++)
        {
            send(i);
            if (i % 100 == 99)
            {
                await client.FlushAsync();
            }
        }

        await client.FlushAsync();
        Assert.True(watch.Elapsed < Deadline.Standard, $"The flood took {watch.Elapsed}.");
    }
}
