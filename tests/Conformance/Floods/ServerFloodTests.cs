using System.Diagnostics;
using Engine.Conformance.Peers;
using Engine.Http2;
using Engine.Http2.Frames;
using Engine.Testing;
using static Engine.Http2.Http2ErrorCode;

namespace Engine.Conformance.Floods;

/// <summary>Clients that keep the letter of the protocol to make a server work: each is cut off.</summary>
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
