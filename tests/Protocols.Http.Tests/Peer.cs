using System.Buffers;
using System.Text;
using Engine.Testing;
using Microsoft.AspNetCore.Connections;

namespace Engine.Protocols.Http.Tests;

/// <summary>Reading and writing text on one end of a connection, with deadlines.</summary>
internal static class Peer
{
    public static async Task SendAsync(this ConnectionContext connection, string text)
        => await connection.Transport.Output.WriteAsync(Encoding.Latin1.GetBytes(text)).AsTask().Within();

    public static async Task EndAsync(this ConnectionContext connection) => await connection.Transport.Output.CompleteAsync().AsTask().Within();

    /// <summary>Reads until the text ends so; nothing behind it is taken.</summary>
    public static async Task<string> ReadUntilAsync(this ConnectionContext connection, string end)
    {
        var input = connection.Transport.Input;
        while (true)
        {
            var result = await input.ReadAsync().AsTask().Within(what: $"'{end}'");
            var text = Encoding.Latin1.GetString(result.Buffer.ToArray());
            var at = text.IndexOf(end, StringComparison.Ordinal);
            if (at >= 0)
            {
                input.AdvanceTo(result.Buffer.GetPosition(at + end.Length));
                return text[..(at + end.Length)];
            }

            Assert.False(result.IsCompleted, $"The connection ended before '{end}': '{text}'");
            input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    /// <summary>Reads a request or response head.</summary>
    public static Task<string> ReadHeadAsync(this ConnectionContext connection) => connection.ReadUntilAsync("\r\n\r\n");

    /// <summary>Reads exactly so many octets.</summary>
    public static async Task<string> ReadAsync(this ConnectionContext connection, int length)
    {
        var text = new StringBuilder();
        while (text.Length < length)
        {
            var result = await connection.Transport.Input.ReadAsync().AsTask().Within();
            var part = result.Buffer.Slice(0, Math.Min(result.Buffer.Length, length - text.Length));
            text.Append(Encoding.Latin1.GetString(part.ToArray()));
            connection.Transport.Input.AdvanceTo(part.End);
            Assert.False(result.IsCompleted && text.Length < length, $"The connection ended after '{text}'.");
        }

        return text.ToString();
    }

    /// <summary>Reads to the peer's end. A reset is thrown.</summary>
    public static async Task<string> ReadToEndAsync(this ConnectionContext connection)
    {
        var text = new StringBuilder();
        while (true)
        {
            var result = await connection.Transport.Input.ReadAsync().AsTask().Within();
            text.Append(Encoding.Latin1.GetString(result.Buffer.ToArray()));
            connection.Transport.Input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                return text.ToString();
            }
        }
    }

    /// <summary>Reads until the peer resets.</summary>
    public static async Task<string> ReadToResetAsync(this ConnectionContext connection)
    {
        var text = new StringBuilder();
        await Assert.ThrowsAnyAsync<ConnectionResetException>(async () =>
        {
            while (true)
            {
                var result = await connection.Transport.Input.ReadAsync().AsTask().Within();
                text.Append(Encoding.Latin1.GetString(result.Buffer.ToArray()));
                connection.Transport.Input.AdvanceTo(result.Buffer.End);
                Assert.False(result.IsCompleted, "It ended cleanly, which was to look cut.");
            }
        });
        return text.ToString();
    }
}
