using System.IO.Pipelines;
using System.Text;
using Engine.Fields;
using Engine.Http2;
using Engine.Http2.Frames;
using Engine.Testing;
using Engine.Transports;

namespace Engine.Tests.Http2;

/// <summary>A real connection in one role and a raw peer in the other, over memory.</summary>
internal sealed class Conversation : IAsyncDisposable
{
    private Conversation(Http2Connection connection, RawPeer peer)
    {
        Connection = connection;
        Peer = peer;
        Run = connection.RunAsync();
    }

    public Http2Connection Connection { get; }

    public RawPeer Peer { get; }

    public Task<Http2ConnectionEnd> Run { get; }

    /// <summary>A server, before the client's preface.</summary>
    public static Conversation NewServer(Http2ConnectionOptions? options = null, int bufferSize = 1 << 20)
    {
        var (mine, theirs) = MemoryConnection.CreatePair(new MemoryConnectionOptions { BufferSize = bufferSize });
        return new Conversation(new Http2Connection(mine, Http2Role.Server, options ?? Http2ConnectionOptions.Public()), new RawPeer(theirs));
    }

    /// <summary>A server whose peer has sent the preface and acknowledged the settings.</summary>
    public static async Task<Conversation> ServerAsync(Http2ConnectionOptions? options = null, params (int Id, uint Value)[] settings)
    {
        var conversation = NewServer(options);
        await conversation.Peer.SendPrefaceAsync(settings);
        await conversation.ExchangeSettingsAsync();
        return conversation;
    }

    /// <summary>A client, whose peer has done nothing yet.</summary>
    public static Conversation NewClient(Http2ConnectionOptions? options = null, int bufferSize = 1 << 20)
    {
        var (mine, theirs) = MemoryConnection.CreatePair(new MemoryConnectionOptions { BufferSize = bufferSize });
        return new Conversation(new Http2Connection(mine, Http2Role.Client, options ?? Http2ConnectionOptions.Tunnel()), new RawPeer(theirs));
    }

    /// <summary>A client whose peer has sent and acknowledged settings.</summary>
    public static async Task<Conversation> ClientAsync(Http2ConnectionOptions? options = null, params (int Id, uint Value)[] settings)
    {
        var conversation = NewClient(options);
        await conversation.SkipPrefaceAsync();
        await conversation.Peer.SendSettingsAsync(settings);
        await conversation.ExchangeSettingsAsync();
        return conversation;
    }

    public async Task SkipPrefaceAsync()
    {
        var input = Peer.Transport.Transport.Input;
        var result = await input.ReadAtLeastAsync(24).AsTask().Within();
        Assert.Equal("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Encoding.ASCII.GetString(result.Buffer.Slice(0, 24)));
        input.AdvanceTo(result.Buffer.GetPosition(24));
    }

    public async Task<Http2Stream> AcceptAsync() =>
        Assert.IsType<Http2Stream>(await Connection.AcceptAsync().Within());

    /// <summary>A request of the peer's, accepted.</summary>
    public async Task<Http2Stream> AcceptAsync(int streamId, bool endStream, FieldList? head = null)
    {
        await Peer.SendHeadersAsync(streamId, head ?? RawPeer.Request(endStream ? "GET" : "POST"), endStream);
        return await AcceptAsync();
    }

    /// <summary>A request of ours that the peer has seen.</summary>
    public async Task<Http2Stream> OpenAsync(bool endStream, FieldList? head = null)
    {
        var stream = await Connection.OpenStreamAsync(head ?? RawPeer.Request(endStream ? "GET" : "POST"), endStream).Within();
        await Peer.ExpectHeadersAsync(stream.StreamId, endStream);
        return stream;
    }

    public async ValueTask DisposeAsync()
    {
        Connection.Abort();
        await Peer.Transport.DisposeAsync();
        await Run.Within();
        await Connection.DisposeAsync();
    }

    private async Task ExchangeSettingsAsync()
    {
        var settings = await Peer.ExpectAsync(FrameType.Settings);
        Assert.False(settings.Header.Has(FrameFlags.Ack));
        await Peer.SendAsync(FrameWriter.WriteSettingsAck);
        await Peer.ExpectAliveAsync();
    }
}

internal static class BodyExtensions
{
    /// <summary>Reads a body to its end.</summary>
    public static async Task<byte[]> ReadAllAsync(this PipeReader input)
    {
        var body = new MemoryStream();
        while (true)
        {
            var result = await input.ReadAsync().Within();
            foreach (var part in result.Buffer)
            {
                body.Write(part.Span);
            }

            input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                return body.ToArray();
            }
        }
    }

    /// <summary>Consumes that many octets, or what comes before the end.</summary>
    public static async Task<int> ReadToAsync(this PipeReader input, int octets)
    {
        var count = 0;
        while (count < octets)
        {
            var result = await input.ReadAsync().Within();
            count += (int)result.Buffer.Length;
            input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                break;
            }
        }

        return count;
    }

    public static async Task<string> ReadTextAsync(this PipeReader input) => Encoding.Latin1.GetString(await input.ReadAllAsync());

    public static Task<FlushResult> WriteTextAsync(this PipeWriter output, string text) =>
        output.WriteAsync(Encoding.Latin1.GetBytes(text)).Within();
}
