using Engine.Conformance.Peers;
using Engine.Http2;
using Engine.Http2.Frames;
using Engine.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Engine.Conformance.Floods;

/// <summary>Peers that say nothing, garbage, or half of something: closed within a time-out.</summary>
public class SilenceTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task A_client_that_says_nothing_is_closed()
    {
        await using var client = RawClient.Connect(Options());
        await client.ReadAsync(); // the server's settings
        await ExpectEndAfterAsync(client, TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task A_client_that_says_half_a_preface_is_closed()
    {
        await using var client = RawClient.Connect(Options());
        client.Raw(RawClient.Preface.AsSpan(0, 10));
        await client.ReadAsync();
        await ExpectEndAfterAsync(client, TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task A_client_that_sends_no_settings_is_closed()
    {
        await using var client = RawClient.Connect(Options());
        client.Raw(RawClient.Preface);
        await client.ReadAsync();
        await ExpectEndAfterAsync(client, TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task A_client_that_does_not_acknowledge_settings_is_told_SETTINGS_TIMEOUT()
    {
        await using var client = RawClient.Connect(Options());
        client.Raw(RawClient.Preface);
        client.Settings();
        await client.ReadUntilAsync(frame => frame.Type == FrameType.Settings && frame.Header.Has(FrameFlags.Ack), "settings were acknowledged");
        await AdvanceAsync(TimeSpan.FromSeconds(15), client);
        await client.ExpectConnectionErrorAsync(Http2ErrorCode.SettingsTimeout);
    }

    [Fact]
    public async Task A_client_that_does_not_end_its_field_block_is_closed()
    {
        await using var client = await RawClient.ConnectAndGreetAsync(Options());

        // Answers to one read leave when it is worked through: with this one the block's time has begun.
        client.Ping("together");
        client.Headers(1, RawClient.Get(), whole: false);
        await client.ReadUntilAsync(frame => frame.Type == FrameType.Ping, "the PING before the block was answered");
        await ExpectEndAfterAsync(client, TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task A_client_that_is_gone_without_a_word_is_noticed_by_PING()
    {
        var options = Options();
        options.IdleTimeout = TimeSpan.Zero;
        await using var client = await RawClient.ConnectAndGreetAsync(options);
        client.Headers(1, RawClient.Post(), end: false);
        await client.ReadUntilAsync(frame => frame.Type == FrameType.Headers, "the echo began");
        await AdvanceAsync(options.KeepAliveInterval + TimeSpan.FromSeconds(1), client);
        await client.ReadUntilAsync(frame => frame.Type == FrameType.Ping, "the server asked whether we live");
        await ExpectEndAfterAsync(client, options.KeepAliveTimeout + TimeSpan.FromSeconds(1));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(12)]
    public async Task A_connection_that_ends_inside_a_frame_ends_on_our_side_too(int length)
    {
        await using var client = await RawClient.ConnectAndGreetAsync(Options());
        byte[] ping = [0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8];
        client.Raw(ping.AsSpan(0, length));
        await client.FinishAsync();
        await client.ExpectServerEndedAsync();
    }

    private Http2ConnectionOptions Options()
    {
        var options = Http2ConnectionOptions.Public();
        options.TimeProvider = _time;
        return options;
    }

    private async Task ExpectEndAfterAsync(RawClient client, TimeSpan time)
    {
        await AdvanceAsync(time, client);
        await client.ExpectCloseAsync();
        await client.ExpectServerEndedAsync();
    }

    /// <summary>Lets time pass in steps, so that a timer set by a timer fires too.</summary>
    private async Task AdvanceAsync(TimeSpan time, RawClient client)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromMilliseconds(500))
        {
            _time.Advance(TimeSpan.FromMilliseconds(500));
            await client.FlushAsync();
        }
    }
}
