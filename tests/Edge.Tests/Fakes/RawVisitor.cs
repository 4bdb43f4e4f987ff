using System.Buffers;
using System.Text;
using Engine.Testing;
using Microsoft.AspNetCore.Connections;

namespace Engine.Edge.Tests.Fakes;

/// <summary>A visitor that writes octets and reads octets.</summary>
internal sealed class RawVisitor : IAsyncDisposable
{
    private readonly ConnectionContext _connection;

    public RawVisitor(ConnectionContext connection) => _connection = connection;

    public ConnectionContext Connection => _connection;

    public async Task SendAsync(string text) =>
        await _connection.Transport.Output.WriteAsync(Encoding.Latin1.GetBytes(text)).AsTask().Within();

    public async Task FinishAsync() => await _connection.Transport.Output.CompleteAsync().AsTask().Within();

    public void Abort() => _connection.Abort(new ConnectionAbortedException("the visitor left"));

    /// <summary>Reads until the text has come, and gives all of it up to there.</summary>
    public async Task<string> ReadUntilAsync(string end)
    {
        var input = _connection.Transport.Input;
        while (true)
        {
            var read = await input.ReadAsync().Within();
            var text = Encoding.Latin1.GetString(read.Buffer.ToArray());
            var at = text.IndexOf(end, StringComparison.Ordinal);
            if (at >= 0)
            {
                var length = at + end.Length;
                input.AdvanceTo(read.Buffer.GetPosition(length));
                return text[..length];
            }

            if (read.IsCompleted)
            {
                throw new EndOfStreamException($"'{end}' did not come; this did: {text}");
            }

            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    /// <summary>Reads a head.</summary>
    public Task<string> ReadHeadAsync() => ReadUntilAsync("\r\n\r\n");

    /// <summary>Reads to the end of the connection.</summary>
    public async Task<string> ReadToEndAsync()
    {
        var input = _connection.Transport.Input;
        while (true)
        {
            var read = await input.ReadAsync().Within();
            if (read.IsCompleted)
            {
                var text = Encoding.Latin1.GetString(read.Buffer.ToArray());
                input.AdvanceTo(read.Buffer.End);
                return text;
            }

            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
