using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Connections;

namespace Engine.Tests.Transports;

/// <summary>Words to talk over a connection in tests; every wait has a deadline.</summary>
internal static class ConnectionConversation
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    public static Task<ReadResult> ReadAsync(this ConnectionContext connection) => connection.Transport.Input.ReadAsync().AsTask().WaitAsync(Deadline);

    public static Task<FlushResult> FlushAsync(this ConnectionContext connection) => connection.Transport.Output.FlushAsync().AsTask().WaitAsync(Deadline);

    public static async Task SendTextAsync(this ConnectionContext connection, string text)
    {
        connection.Transport.Output.Write(Encoding.UTF8.GetBytes(text));
        await connection.FlushAsync();
    }

    /// <summary>Sends everything in one write and ends the output.</summary>
    public static async Task SendAllAsync(this ConnectionContext connection, byte[] bytes)
    {
        await connection.Transport.Output.WriteAsync(bytes);
        await connection.Transport.Output.CompleteAsync();
    }

    public static async Task<string> PeekTextAsync(this ConnectionContext connection, int length)
    {
        while (true)
        {
            var result = await connection.ReadAsync();
            if (result.Buffer.Length >= length)
            {
                var text = Encoding.UTF8.GetString(result.Buffer.Slice(0, length));
                connection.Transport.Input.AdvanceTo(result.Buffer.Start);
                return text;
            }

            Assert.False(result.IsCompleted, "The input ended early.");
            connection.Transport.Input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    public static async Task<string> ReadTextAsync(this ConnectionContext connection, int length)
    {
        while (true)
        {
            var result = await connection.ReadAsync();
            if (result.Buffer.Length >= length)
            {
                var taken = result.Buffer.Slice(0, length);
                var text = Encoding.UTF8.GetString(taken);
                connection.Transport.Input.AdvanceTo(taken.End);
                return text;
            }

            Assert.False(result.IsCompleted, "The input ended early.");
            connection.Transport.Input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    public static async Task<byte[]> ReadAllAsync(this ConnectionContext connection)
    {
        using var all = new MemoryStream();
        while (true)
        {
            var result = await connection.ReadAsync();
            foreach (var segment in result.Buffer)
            {
                all.Write(segment.Span);
            }

            connection.Transport.Input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                return all.ToArray();
            }
        }
    }

    public static async Task<string> ReadToEndAsync(this ConnectionContext connection) => Encoding.UTF8.GetString(await connection.ReadAllAsync());

    public static async Task<long> SkipAsync(this ConnectionContext connection, long count)
    {
        long total = 0;
        while (total < count)
        {
            var result = await connection.ReadAsync();
            total += result.Buffer.Length;
            connection.Transport.Input.AdvanceTo(result.Buffer.End);
            Assert.False(result.IsCompleted, "The input ended early.");
        }

        return total;
    }

    /// <summary>Writes in one go what no buffer on the way can hold, or exactly <paramref name="until"/> bytes.</summary>
    public static async Task FillAsync(this ConnectionContext connection, long until = 64_000_000)
    {
        var block = new byte[50_000];
        for (long written = 0; written < until; written += block.Length)
        {
            await connection.Transport.Output.WriteAsync(block.AsMemory(0, (int)Math.Min(block.Length, until - written)));
        }
    }
}
