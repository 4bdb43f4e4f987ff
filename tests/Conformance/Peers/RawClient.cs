using System.Buffers;
using Engine.Fields;
using Engine.Http2;
using Engine.Http2.Frames;
using Engine.Http2.Host;
using Engine.Http2.Hpack;
using Engine.Testing;
using Engine.Transports;
using Microsoft.AspNetCore.Connections;

namespace Engine.Conformance.Peers;

/// <summary>A scripted client against the engine's server role, which answers as tests/Http2.Host does.</summary>
internal sealed class RawClient : RawPeer
{
    public static readonly byte[] Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray();

    private readonly HpackDecoder _decoder = new();
    private readonly Dictionary<int, RawAnswer> _answers = [];

    private RawClient(ConnectionContext transport, Task<Http2ConnectionEnd> served)
        : base(transport) => Served = served;

    /// <summary>How the server's connection ended.</summary>
    public Task<Http2ConnectionEnd> Served { get; }

    /// <summary>The head of a GET at the host's fixed answer.</summary>
    public static byte[] Get(params string[] more) => RawBlock.Of([":method: GET", ":scheme: http", ":path: /", ":authority: localhost", .. more]);

    /// <summary>The head of a POST at the host's echo.</summary>
    public static byte[] Post(params string[] more) => RawBlock.Of([":method: POST", ":scheme: http", ":path: /echo", ":authority: localhost", .. more]);

    /// <summary>Connects and says nothing.</summary>
    public static RawClient Connect(Http2ConnectionOptions? options = null)
    {
        var (client, server) = MemoryConnection.CreatePair();
        options ??= Http2ConnectionOptions.Public();
        return new RawClient(client, Answers.ServeAsync(new Http2Connection(server, Http2Role.Server, options), CancellationToken.None));
    }

    /// <summary>Connects, and exchanges prefaces and settings (RFC 9113 §3.4).</summary>
    public static async Task<RawClient> ConnectAndGreetAsync(Http2ConnectionOptions? options = null, params (int Id, uint Value)[] settings)
    {
        var client = Connect(options);
        await client.GreetAsync(settings);
        return client;
    }

    public async Task GreetAsync(params (int Id, uint Value)[] settings)
    {
        Raw(Preface);
        Settings(settings);
        var first = await ReadUntilAsync(_ => true, "any frame came");
        Assert.True(first.Type == FrameType.Settings && !first.Header.Has(FrameFlags.Ack), $"Expected SETTINGS first. Heard: {Heard()}");
        await ReadUntilAsync(frame => frame.Type == FrameType.Settings && frame.Header.Has(FrameFlags.Ack), "settings were acknowledged");
        Frame(FrameType.Settings, FrameFlags.Ack, 0);
        await FlushAsync();
    }

    /// <summary>Reads a whole answer on a stream; fails when the stream is reset or the connection ends.</summary>
    public async Task<RawAnswer> ReadAnswerAsync(int streamId)
    {
        while (!AnswerOn(streamId).IsWhole)
        {
            var frame = await ReadUntilAsync(_ => true, $"stream {streamId} was answered");
            if (frame.Type == FrameType.GoAway || (frame.Type == FrameType.RstStream && frame.StreamId == streamId && !AnswerOn(streamId).IsWhole))
            {
                Assert.Fail($"Expected an answer on stream {streamId}. Heard: {Heard()}");
            }
        }

        return AnswerOn(streamId);
    }

    /// <summary>Fails unless the stream gets the host's fixed answer.</summary>
    public async Task ExpectFixedAnswerAsync(int streamId = 1)
    {
        var answer = await ReadAnswerAsync(streamId);
        Assert.Equal(":status: 200", answer.Fields[0]);
        Assert.Equal(Answers.Fixed.ToArray(), answer.Body.ToArray());
    }

    /// <summary>Fails unless the stream gets an echo of the text, and of any trailers.</summary>
    public async Task ExpectEchoAsync(int streamId, string text, params string[] trailers)
    {
        var answer = await ReadAnswerAsync(streamId);
        Assert.Equal(":status: 200", answer.Fields[0]);
        Assert.Equal(text, System.Text.Encoding.Latin1.GetString(answer.Body.ToArray()));
        foreach (var trailer in trailers)
        {
            Assert.Contains(trailer, answer.Fields);
        }
    }

    /// <summary>Decodes every head, also of streams that nobody asks for: they share their state (RFC 7541 §2.2).</summary>
    protected override void Hear(RawFrame frame)
    {
        if (frame.Type == FrameType.Headers)
        {
            Assert.True(frame.Header.Has(FrameFlags.EndHeaders), "An answer's head is longer than this peer reads.");
            var list = new FieldList();
            _decoder.Decode(new ReadOnlySequence<byte>(frame.Payload), list, int.MaxValue);
            AnswerOn(frame.StreamId).Fields.AddRange(list.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        }
        else if (frame.Type == FrameType.Data)
        {
            AnswerOn(frame.StreamId).Body.AddRange(frame.Payload);
        }

        AnswerOn(frame.StreamId).IsWhole |= frame.EndsStream;
    }

    /// <summary>Fails unless the server's side is over: no task of it hangs.</summary>
    public async Task ExpectServerEndedAsync() => await Served.Within();

    private RawAnswer AnswerOn(int streamId) =>
        _answers.TryGetValue(streamId, out var answer) ? answer : _answers[streamId] = new RawAnswer();
}
