using System.Buffers;
using System.Text;
using Engine.Fields;
using Engine.Http2;
using Engine.Testing;
using Microsoft.AspNetCore.Connections;

namespace Engine.Edge.Tests.Fakes;

/// <summary>A visitor that speaks HTTP/2.</summary>
internal sealed class Http2Client : IAsyncDisposable
{
    private readonly Http2Connection _connection;
    private readonly Task<Http2ConnectionEnd> _running;

    public Http2Client(ConnectionContext transport)
    {
        _connection = new Http2Connection(transport, Http2Role.Client, Http2ConnectionOptions.Tunnel());
        _running = _connection.RunAsync();
    }

    public Http2Connection Connection => _connection;

    public Task<Http2ConnectionEnd> Ended => _running.Within();

    /// <summary>Opens a stream with the usual pseudo-fields and what is given.</summary>
    public Task<Http2Stream> GetAsync(string path, params (string Name, string Value)[] fields) => OpenAsync("GET", path, endStream: true, fields);

    public Task<Http2Stream> OpenAsync(string method, string path, bool endStream, params (string Name, string Value)[] fields)
    {
        var head = ScriptedStream.ListOf([(":method", method), (":scheme", "http"), (":authority", "a.test"), (":path", path), .. fields]);
        return OpenAsync(head, endStream);
    }

    public Task<Http2Stream> OpenAsync(FieldList head, bool endStream) => _connection.OpenStreamAsync(head, endStream, Deadline.Token()).Within();

    public static async Task<string> StatusOf(Http2Stream stream) => (await stream.ReadHeadAsync().Within()).GetString(":status"u8)!;

    public static async Task<string> ReadToEndAsync(Http2Stream stream)
    {
        var input = stream.Transport.Input;
        var text = new StringBuilder();
        while (true)
        {
            var read = await input.ReadAsync().Within();
            text.Append(Encoding.Latin1.GetString(read.Buffer.ToArray()));
            input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return text.ToString();
            }
        }
    }

    public static async Task<string> ReadAsync(Http2Stream stream, int octets)
    {
        var input = stream.Transport.Input;
        var read = await input.ReadAtLeastAsync(octets).Within();
        var part = read.Buffer.Slice(0, octets);
        var text = Encoding.Latin1.GetString(part.ToArray());
        input.AdvanceTo(part.End);
        return text;
    }

    public static async Task SendAsync(Http2Stream stream, string text) =>
        await stream.Transport.Output.WriteAsync(Encoding.Latin1.GetBytes(text)).AsTask().Within();

    public async ValueTask DisposeAsync()
    {
        _connection.Abort();
        await _running.Within();
    }
}
