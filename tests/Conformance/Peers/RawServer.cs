using System.Text;
using Engine.Fields;
using Engine.Http2;
using Engine.Http2.Frames;
using Engine.Testing;
using Engine.Transports;
using Microsoft.AspNetCore.Connections;

namespace Engine.Conformance.Peers;

/// <summary>A scripted server against the engine's client role.</summary>
internal sealed class RawServer : RawPeer
{
    private RawServer(ConnectionContext transport, Http2Connection connection)
        : base(transport)
    {
        Connection = connection;
        Ended = connection.RunAsync();
    }

    /// <summary>The engine's side.</summary>
    public Http2Connection Connection { get; }

    /// <summary>How the engine's side ended.</summary>
    public Task<Http2ConnectionEnd> Ended { get; }

    protected override int PrefaceLength => RawClient.Preface.Length;

    /// <summary>Connects and says nothing.</summary>
    public static RawServer Connect(Http2ConnectionOptions? options = null)
    {
        var (server, client) = MemoryConnection.CreatePair();
        return new RawServer(server, new Http2Connection(client, Http2Role.Client, options ?? Http2ConnectionOptions.Tunnel()));
    }

    /// <summary>A whole response head without a body to come, or with one.</summary>
    public static byte[] Ok(params string[] more) => RawBlock.Of([":status: 200", .. more]);

    public async Task GreetAsync(params (int Id, uint Value)[] settings)
    {
        Settings(settings);
        await ReadUntilAsync(frame => frame.Type == FrameType.Settings && !frame.Header.Has(FrameFlags.Ack), "the client's settings came");
        Frame(FrameType.Settings, FrameFlags.Ack, 0);
        await ReadUntilAsync(frame => frame.Type == FrameType.Settings && frame.Header.Has(FrameFlags.Ack), "settings were acknowledged");
    }

    /// <summary>Has the engine open a stream, and reads its HEADERS.</summary>
    public async Task<Http2Stream> OpenAsync(bool endStream = true)
    {
        var head = new FieldList();
        head.Add(":method"u8, endStream ? "GET" : "POST");
        head.Add(":scheme"u8, "https"u8);
        head.Add(":path"u8, "/"u8);
        head.Add(":authority"u8, "localhost"u8);
        var stream = await Connection.OpenStreamAsync(head, endStream).Within();
        await ReadUntilAsync(frame => frame.Type == FrameType.Headers && frame.StreamId == stream.StreamId, "a request came");
        return stream;
    }

    /// <summary>Fails unless the engine's reader of the stream is told that it failed.</summary>
    public static async Task ExpectFailureAsync(Http2Stream stream)
    {
        var failure = await Record.ExceptionAsync(() => ReadBodyAsync(stream));
        Assert.True(failure is ConnectionResetException or ConnectionAbortedException, $"Expected a reset or an abort, not {failure?.ToString() ?? "a whole answer"}");
    }

    /// <summary>Reads the final head and the whole body.</summary>
    public static async Task<string> ReadBodyAsync(Http2Stream stream)
    {
        while ((await stream.ReadHeadAsync().Within()).GetString(":status"u8)![0] == '1')
        {
        }

        return await ReadRestAsync(stream);
    }

    /// <summary>Reads the body.</summary>
    public static async Task<string> ReadRestAsync(Http2Stream stream)
    {
        var body = new StringBuilder();
        while (true)
        {
            var read = await stream.Transport.Input.ReadAsync().Within();
            foreach (var segment in read.Buffer)
            {
                body.Append(Encoding.Latin1.GetString(segment.Span));
            }

            stream.Transport.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return body.ToString();
            }
        }
    }
}
