using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using Engine.Fields;
using Microsoft.AspNetCore.Connections;

namespace Engine.Http2.Host;

/// <summary>
/// What the host answers: a fixed text at <c>/</c>, the request's body and trailers at <c>/echo</c>, N octets at <c>/bytes/N</c>, a body
/// with trailers at <c>/trailers</c>.
/// </summary>
public static class Answers
{
    private const int ChunkSize = 16 * 1024;

    /// <summary>The body of every answer at <c>/</c>.</summary>
    public static ReadOnlySpan<byte> Fixed => "An answer from the engine's HTTP/2 server role.\n"u8;

    /// <summary>Runs a connection in the server role and answers its streams until it is over.</summary>
    public static async Task<Http2ConnectionEnd> ServeAsync(Http2Connection connection, CancellationToken stop)
    {
        await using (connection)
        {
            var run = connection.RunAsync(stop);
            while (await connection.AcceptAsync(CancellationToken.None) is Http2Stream stream)
            {
                _ = AnswerAsync(stream); // ends by itself: with its stream, or with the connection
            }

            return await run;
        }
    }

    private static async Task AnswerAsync(Http2Stream stream)
    {
        await using (stream)
        {
            try
            {
                var path = (stream.Head.GetString(":path"u8) ?? "").Split('?')[0];
                if (path == "/")
                {
                    await FixedAsync(stream);
                }
                else if (path == "/echo")
                {
                    await EchoAsync(stream);
                }
                else if (path == "/trailers")
                {
                    await TrailersAsync(stream);
                }
                else if (path.StartsWith("/bytes/", StringComparison.Ordinal)
                    && long.TryParse(path.AsSpan(7), NumberStyles.None, CultureInfo.InvariantCulture, out var length))
                {
                    await BytesAsync(stream, length);
                }
                else
                {
                    WriteHead(stream, "404", contentLength: 0, endStream: true);
                }
            }
            catch (Exception failure) when (failure is ConnectionResetException or ConnectionAbortedException or OperationCanceledException)
            {
                // The visitor reset the stream or left.
            }
        }
    }

    private static async Task FixedAsync(Http2Stream stream)
    {
        await DrainAsync(stream.Transport.Input);
        var isHead = stream.Head.GetString(":method"u8) == "HEAD";
        WriteHead(stream, "200", Fixed.Length, endStream: isHead);
        if (!isHead)
        {
            stream.Transport.Output.Write(Fixed);
            await stream.Transport.Output.CompleteAsync();
        }
    }

    private static async Task EchoAsync(Http2Stream stream)
    {
        WriteHead(stream, "200", contentLength: null, endStream: false);
        await stream.Transport.Output.FlushAsync();
        await stream.Transport.Input.CopyToAsync(stream.Transport.Output);
        if (stream.Trailers is { Count: > 0 } trailers)
        {
            stream.WriteTrailers(trailers);
            await stream.Transport.Output.FlushAsync();
        }
        else
        {
            await stream.Transport.Output.CompleteAsync();
        }
    }

    private static async Task TrailersAsync(Http2Stream stream)
    {
        await DrainAsync(stream.Transport.Input);
        WriteHead(stream, "200", contentLength: null, endStream: false);
        stream.Transport.Output.Write("body"u8);
        await stream.Transport.Output.FlushAsync();
        var trailers = new FieldList();
        trailers.Add("x-sum"u8, "octets=4"u8);
        stream.WriteTrailers(trailers);
    }

    private static async Task BytesAsync(Http2Stream stream, long length)
    {
        await DrainAsync(stream.Transport.Input);
        WriteHead(stream, "200", length, endStream: false);
        var output = stream.Transport.Output;
        while (length > 0)
        {
            var chunk = (int)Math.Min(length, ChunkSize);
            output.GetSpan(chunk)[..chunk].Clear();
            output.Advance(chunk);
            length -= chunk;
            await output.FlushAsync();
        }

        await output.CompleteAsync();
    }

    private static async Task DrainAsync(PipeReader input)
    {
        ReadResult read;
        do
        {
            read = await input.ReadAsync();
            input.AdvanceTo(read.Buffer.End);
        }
        while (!read.IsCompleted);
    }

    private static void WriteHead(Http2Stream stream, string status, long? contentLength, bool endStream)
    {
        var head = new FieldList();
        head.Add(":status"u8, status);
        head.Add("content-type"u8, "text/plain"u8);
        if (contentLength is { } length)
        {
            head.Add("content-length"u8, length.ToString(CultureInfo.InvariantCulture));
        }

        stream.WriteHead(head, endStream);
    }
}
