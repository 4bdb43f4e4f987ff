using Engine.Conformance.Peers;
using Engine.Http2;
using Engine.Http2.Frames;
using Engine.Testing;
using static Engine.Http2.Http2ErrorCode;

namespace Engine.Conformance.Floods;

/// <summary>Servers that keep the letter of the protocol to make a client work. A connector is the server of its edge, so that the edge must bear one gone wrong.</summary>
public class ClientFloodTests
{
    private const int More = 20_000;

    [Theory]
    [InlineData("SETTINGS")]
    [InlineData("PING")]
    public async Task Frames_that_ask_for_an_answer_end_the_connection_when_they_do_not_stop(string what)
    {
        await using var server = RawServer.Connect();
        await server.GreetAsync();
        await FloodAsync(server, More, () =>
        {
            if (what == "PING")
            {
                server.Ping();
            }
            else
            {
                server.Settings();
            }
        });
        await server.ExpectConnectionErrorAsync(EnhanceYourCalm);
        Assert.Equal(EnhanceYourCalm, (await server.Ended.Within()).Code);
    }

    [Fact]
    public async Task A_field_block_without_end_ends_the_connection()
    {
        await using var server = RawServer.Connect();
        await server.GreetAsync();
        await using var stream = await server.OpenAsync();
        server.Headers(1, RawServer.Ok(), whole: false);
        var part = RawBlock.Of($"x-long: {new string('x', 16_000)}");
        await FloodAsync(server, 2000, () => server.Continuation(1, part, whole: false));
        await server.ExpectConnectionErrorAsync(EnhanceYourCalm, ProtocolError);
        await RawServer.ExpectFailureAsync(stream);
    }

    [Fact]
    public async Task Interim_responses_that_nobody_reads_cost_their_stream_alone()
    {
        await using var server = RawServer.Connect();
        await server.GreetAsync();
        await using var stream = await server.OpenAsync();
        await FloodAsync(server, 200, () => server.Headers(1, RawBlock.Of(":status: 103"), end: false));
        await server.ExpectStreamErrorAsync(1, EnhanceYourCalm);
    }

    [Fact]
    public async Task A_head_that_expands_without_bounds_costs_its_stream_alone()
    {
        await using var server = RawServer.Connect();
        await server.GreetAsync();
        await using var first = await server.OpenAsync();
        var value = new byte[4000];
        Array.Fill(value, (byte)'x');
        server.Headers(1, [.. RawServer.Ok(), 0x40, 0x01, (byte)'b', 0x7F, 0xA1, 0x1E, .. value]);
        await server.FlushAsync();
        Assert.Equal("", await RawServer.ReadBodyAsync(first));

        await using var bombed = await server.OpenAsync();
        var references = new byte[16_000]; // 64 MB
        Array.Fill(references, (byte)0xBE);
        server.Headers(3, [.. RawServer.Ok(), .. references]);
        await server.FlushAsync();
        await RawServer.ExpectFailureAsync(bombed);
        await server.ReadUntilAsync(frame => frame.Type == FrameType.RstStream && frame.StreamId == 3, "the stream was reset");

        await using var next = await server.OpenAsync();
        server.Headers(5, RawServer.Ok());
        await server.FlushAsync();
        Assert.Equal("", await RawServer.ReadBodyAsync(next));
    }

    [Fact]
    public async Task DATA_beyond_the_window_of_a_stream_that_nobody_reads_is_an_error()
    {
        var options = Http2ConnectionOptions.Tunnel();
        await using var server = RawServer.Connect(options);
        await server.GreetAsync();
        await using var stream = await server.OpenAsync();
        server.Headers(1, RawServer.Ok(), end: false);
        for (var sent = 0; sent <= options.InitialStreamWindow; sent += 16_384)
        {
            server.Data(1, 16_384, end: false);
            await server.FlushAsync();
        }

        await server.ExpectErrorAsync(1, FlowControlError);
    }

    private static async Task FloodAsync(RawServer server, int count, Action send)
    {
        for (var i = 0; i < count && !server.Ended.IsCompleted; i++)
        {
            send();
            if (i % 100 == 99)
            {
                await server.FlushAsync();
            }
        }

        await server.FlushAsync();
    }
}
