using Engine.Conformance.Peers;
using Engine.Http2.Frames;
using Engine.Testing;

namespace Engine.Conformance.Server;

/// <summary>A whole conversation as it may arrive: cut anywhere, an octet at a time, or ended anywhere.</summary>
public class CutInputTests
{
    private const string Body = "a body that comes back";

    [Fact]
    public async Task A_conversation_cut_at_any_octet_is_understood()
    {
        var conversation = Conversation();
        for (var at = 0; at <= conversation.Length; at++)
        {
            await using var client = RawClient.Connect();
            client.Raw(conversation.AsSpan(0, at));
            await client.FlushAsync();
            client.Raw(conversation.AsSpan(at));
            await ExpectAnswersAsync(client);
        }
    }

    [Fact]
    public async Task A_conversation_that_comes_an_octet_at_a_time_is_understood()
    {
        await using var client = RawClient.Connect();
        foreach (var octet in Conversation())
        {
            client.Raw([octet]);
            await client.FlushAsync();
        }

        await ExpectAnswersAsync(client);
    }

    [Fact]
    public async Task A_conversation_that_ends_at_any_octet_ends_the_connection_and_nothing_hangs()
    {
        var conversation = Conversation();
        for (var length = 0; length < conversation.Length; length++)
        {
            await using var client = RawClient.Connect();
            client.Raw(conversation.AsSpan(0, length));
            await client.FinishAsync();
            await client.ExpectServerEndedAsync();
        }
    }

    [Fact]
    public async Task Random_octets_behind_the_greeting_end_the_connection_or_are_ignored_and_nothing_hangs()
    {
        var random = new Random(9113);
        for (var round = 0; round < 300; round++)
        {
            await using var client = RawClient.Connect();
            client.Raw(RawClient.Preface);
            client.Settings();
            for (var frame = 0; frame < 20; frame++)
            {
                var payload = new byte[random.Next(30)];
                random.NextBytes(payload);
                client.Frame((FrameType)random.Next(11), (FrameFlags)random.Next(256), random.Next(4), payload);
            }

            await client.FinishAsync();
            await client.ExpectServerEndedAsync();
        }
    }

    private static byte[] Conversation()
    {
        var frames = new RawScript();
        frames.Raw(RawClient.Preface);
        frames.Settings((4, 1000));
        frames.Frame(FrameType.Settings, FrameFlags.Ack, 0);
        frames.Headers(1, RawClient.Post("trailer: x-sum"), end: false, whole: false);
        frames.Continuation(1, RawBlock.Of("x-one: 1"));
        frames.Frame(FrameType.Data, FrameFlags.Padded, 1, [2, .. System.Text.Encoding.ASCII.GetBytes(Body), 0, 0]);
        frames.Headers(1, RawBlock.Of("x-sum: 42"));
        frames.WindowUpdate(0, 100);
        frames.Headers(3, RawClient.Get());
        return frames.ToArray();
    }

    private static async Task ExpectAnswersAsync(RawClient client)
    {
        await client.ExpectEchoAsync(1, Body, "x-sum: 42");
        await client.ExpectFixedAnswerAsync(3);
    }
}
