using Engine.Conformance.Peers;
using Engine.Http2.Frames;
using Engine.Http2.Host;

namespace Engine.Conformance.Server;

/// <summary>What a server must take from a client that does nothing wrong.</summary>
internal static class BasicCases
{
    private static readonly (int, uint)[] Stalled = [(4, 0)]; // SETTINGS_INITIAL_WINDOW_SIZE 0: answers wait behind their heads

    public static readonly ServerCase[] All =
    [
        new("valid 3.4", "a preface is answered with settings", async c =>
        {
            await c.GreetAsync();
            await c.ExpectAliveAsync();
        }) { IsBare = true },
        new("valid 5.1", "PRIORITY on an idle stream", async c =>
        {
            c.Priority(1, 0);
            c.Headers(1, RawClient.Get());
            await c.ExpectFixedAnswerAsync();
        }),
        new("valid 5.1", "WINDOW_UPDATE on a half-closed (remote) stream", async c =>
        {
            c.Headers(1, RawClient.Get());
            c.WindowUpdate(1, 1000);
            await c.ExpectFixedAnswerAsync();
        }) { Settings = Stalled },
        new("valid 5.1", "PRIORITY on a half-closed (remote) stream", async c =>
        {
            c.Headers(1, RawClient.Get());
            c.Priority(1, 0);
            c.WindowUpdate(1, 1000);
            await c.ExpectFixedAnswerAsync();
        }) { Settings = Stalled },
        new("valid 5.1", "RST_STREAM on a half-closed (remote) stream", async c =>
        {
            c.Headers(1, RawClient.Get());
            c.RstStream(1);
            await c.ExpectAliveAsync();
        }) { Settings = Stalled },
        new("valid 5.1", "PRIORITY on a closed stream", async c =>
        {
            c.Headers(1, RawClient.Get());
            await c.ExpectFixedAnswerAsync();
            c.Priority(1, 0);
            await c.ExpectAliveAsync();
        }),
        new("valid 6.1", "one DATA frame", async c =>
        {
            c.Headers(1, RawClient.Post(), end: false);
            c.Data(1, "one");
            await c.ExpectEchoAsync(1, "one");
        }),
        new("valid 6.1", "several DATA frames", async c =>
        {
            c.Headers(1, RawClient.Post(), end: false);
            c.Data(1, "one,", end: false);
            c.Data(1, "", end: false);
            c.Data(1, "two", end: false);
            c.Data(1, "");
            await c.ExpectEchoAsync(1, "one,two");
        }),
        new("valid 6.1", "DATA with padding", async c =>
        {
            c.Headers(1, RawClient.Post(), end: false);
            c.Frame(FrameType.Data, FrameFlags.Padded | FrameFlags.EndStream, 1, [3, .. "one"u8, 0, 0, 0]);
            await c.ExpectEchoAsync(1, "one");
        }),
        new("valid 6.2", "one HEADERS frame", async c =>
        {
            c.Headers(1, RawClient.Get());
            await c.ExpectFixedAnswerAsync();
        }),
        new("valid 6.2", "HEADERS with padding", async c =>
        {
            c.Frame(FrameType.Headers, FrameFlags.Padded | FrameFlags.EndStream | FrameFlags.EndHeaders, 1, [5, .. RawClient.Get(), 0, 0, 0, 0, 0]);
            await c.ExpectFixedAnswerAsync();
        }),
        new("valid 6.2", "HEADERS with priority", async c =>
        {
            c.Frame(
                FrameType.Headers,
                FrameFlags.Priority | FrameFlags.EndStream | FrameFlags.EndHeaders,
                1,
                [.. RawScript.PriorityFields(0, 255), .. RawClient.Get()]);
            await c.ExpectFixedAnswerAsync();
        }),
        Prioritised("weight 1", c => c.Priority(1, 0, 1)),
        Prioritised("weight 256", c => c.Priority(1, 0, 256)),
        Prioritised("a dependency", c => c.Priority(1, 3)),
        Prioritised("the exclusive bit", c => c.Priority(1, 3, exclusive: true)),
        new("valid 6.3", "PRIORITY for an idle stream and then HEADERS on a lower one", async c =>
        {
            c.Priority(5, 0);
            c.Headers(3, RawClient.Get());
            await c.ExpectFixedAnswerAsync(3);
        }),
        new("valid 6.4", "RST_STREAM on an open stream", async c =>
        {
            c.Headers(1, RawClient.Post(), end: false);
            c.RstStream(1);
            await c.ExpectAliveAsync();
        }),
        new("valid 6.5", "SETTINGS is acknowledged", async c =>
        {
            c.Settings((3, 100), (4, 70_000));
            await c.ReadUntilAsync(frame => frame.Type == FrameType.Settings && frame.Header.Flags == FrameFlags.Ack, "SETTINGS was acknowledged");
        }),
        new("valid 6.7", "PING is answered with its octets", async c =>
        {
            c.Ping("eight-8!");
            var answer = await c.ReadUntilAsync(frame => frame.Type == FrameType.Ping, "PING was answered");
            Assert.Equal(FrameFlags.Ack, answer.Header.Flags);
            Assert.Equal("eight-8!"u8.ToArray(), answer.Payload);
        }),
        new("valid 6.8", "GOAWAY lets running streams end", async c =>
        {
            c.Headers(1, RawClient.Get());
            c.GoAway(0);
            c.WindowUpdate(1, 1000);
            await c.ExpectFixedAnswerAsync();
            await c.ExpectCloseAsync();
        }) { Settings = Stalled },
        new("valid 6.9", "WINDOW_UPDATE on the connection", async c =>
        {
            c.WindowUpdate(0, 1);
            await c.ExpectAliveAsync();
        }),
        new("valid 6.9", "WINDOW_UPDATE on an open stream", async c =>
        {
            c.Headers(1, RawClient.Post(), end: false);
            c.WindowUpdate(1, 1);
            c.Data(1, "one");
            await c.ExpectEchoAsync(1, "one");
        }),
        new("valid 6.10", "one CONTINUATION", async c =>
        {
            c.Headers(1, RawClient.Get(), whole: false);
            c.Continuation(1, RawBlock.Of("x-one: 1"));
            await c.ExpectFixedAnswerAsync();
        }),
        new("valid 6.10", "several CONTINUATIONs, cut inside a field", async c =>
        {
            var block = RawClient.Get("x-one: 1");
            c.Headers(1, block.AsSpan(0, 3), whole: false);
            c.Continuation(1, block.AsSpan(3, 10), whole: false);
            c.Continuation(1, block.AsSpan(13));
            await c.ExpectFixedAnswerAsync();
        }),
        new("valid 8.1", "GET", async c =>
        {
            c.Headers(1, RawClient.Get());
            c.Headers(3, RawClient.Get());
            await c.ExpectFixedAnswerAsync(1);
            await c.ExpectFixedAnswerAsync(3);
        }),
        new("valid 8.1", "HEAD", async c =>
        {
            c.Headers(1, RawBlock.Of(":method: HEAD", ":scheme: http", ":path: /", ":authority: localhost"));
            var answer = await c.ReadAnswerAsync(1);
            Assert.Equal(":status: 200", answer.Fields[0]);
            Assert.Contains($"content-length: {Answers.Fixed.Length}", answer.Fields);
            Assert.Empty(answer.Body);
        }),
        new("valid 8.1", "POST", async c =>
        {
            c.Headers(1, RawBlock.Of(":method: POST", ":scheme: http", ":path: /", ":authority: localhost", "content-length: 4"), end: false);
            c.Data(1, "test");
            await c.ExpectFixedAnswerAsync();
        }),
        new("valid 8.1", "POST with trailers", async c =>
        {
            c.Headers(1, RawClient.Post("trailer: x-sum"), end: false);
            c.Data(1, "one", end: false);
            c.Headers(1, RawBlock.Of("x-sum: 42"));
            await c.ExpectEchoAsync(1, "one", "x-sum: 42");
        }),
    ];

    private static ServerCase Prioritised(string what, Action<RawClient> prioritise) => new("valid 6.3", $"PRIORITY with {what}", async c =>
    {
        c.Headers(1, RawClient.Post(), end: false);
        prioritise(c);
        c.Data(1, "one");
        await c.ExpectEchoAsync(1, "one");
    });
}
