using System.Buffers;
using System.IO.Pipelines;
using Engine.Fields;
using Engine.Http1;
using Engine.Testing;
using static Engine.Tests.Http1.Http1Messages;

namespace Engine.Tests.Http1;

public sealed class WriterTests
{
    [Fact]
    public void Heads_are_written_byte_for_byte()
    {
        var output = new ArrayBufferWriter<byte>();
        Http1Writer.WriteRequestHead(output, "GET"u8, Bytes("/\xE4?q"), List(("hOst", "h"), ("X", "caf\xE9"), ("Y", "")));
        Http1Writer.WriteResponseHead(output, 200, default, List(("A", "b")));
        Http1Writer.WriteResponseHead(output, 299, Bytes("Odd \xE4"), new FieldList());
        Assert.Equal(
            "GET /\xE4?q HTTP/1.1\r\nhOst: h\r\nX: caf\xE9\r\nY: \r\n\r\nHTTP/1.1 200 OK\r\nA: b\r\n\r\nHTTP/1.1 299 Odd \xE4\r\n\r\n",
            Text(output.WrittenSpan));
    }

    [Theory]
    [InlineData("G T", "/", "A", "b", Http1Error.BadMethod)]
    [InlineData("", "/", "A", "b", Http1Error.BadMethod)]
    [InlineData("GET", "", "A", "b", Http1Error.BadTarget)]
    [InlineData("GET", "/ HTTP/1.1\r\nX: y", "A", "b", Http1Error.BadTarget)]
    [InlineData("GET", "/a b", "A", "b", Http1Error.BadTarget)]
    [InlineData("GET", "/", "A:", "b", Http1Error.BadFieldName)]
    [InlineData("GET", "/", ":path", "b", Http1Error.BadFieldName)]
    [InlineData("GET", "/", "A\r\nB", "b", Http1Error.BadFieldName)]
    [InlineData("GET", "/", "", "b", Http1Error.BadFieldName)]
    [InlineData("GET", "/", "A", "b\r\nC: d", Http1Error.BadFieldValue)]
    [InlineData("GET", "/", "A", "b\n", Http1Error.BadFieldValue)]
    [InlineData("GET", "/", "A", "b\r", Http1Error.BadFieldValue)]
    [InlineData("GET", "/", "A", "b\0", Http1Error.BadFieldValue)]
    public void What_would_break_a_head_apart_is_refused_and_nothing_is_written(string method, string target, string name, string value, Http1Error error)
    {
        var output = new ArrayBufferWriter<byte>();
        var fields = List(("Fine", "x"), (name, value));
        Assert.Equal(error, ErrorOf(() => Http1Writer.WriteRequestHead(output, Bytes(method), Bytes(target), fields)));
        Assert.Equal(0, output.WrittenCount);
    }

    [Fact]
    public void A_response_head_refuses_the_same()
    {
        var output = new ArrayBufferWriter<byte>();
        Assert.Equal(Http1Error.BadStatusLine, ErrorOf(() => Http1Writer.WriteResponseHead(output, 200, "x\r\ny"u8, new FieldList())));
        Assert.Equal(Http1Error.BadFieldValue, ErrorOf(() => Http1Writer.WriteResponseHead(output, 200, default, List(("A", "\n")))));
        Assert.Throws<ArgumentOutOfRangeException>(() => Http1Writer.WriteResponseHead(output, 99, default, new FieldList()));
        Assert.Throws<ArgumentOutOfRangeException>(() => Http1Writer.WriteResponseHead(output, 1000, default, new FieldList()));
        Assert.Equal(0, output.WrittenCount);
    }

    [Fact]
    public async Task A_chunked_body_is_one_chunk_a_write()
    {
        var written = await WriteAsync(Http1Framing.Chunked, async body =>
        {
            await body.WriteAsync(Bytes("hello"));
            await body.WriteAsync(ReadOnlyMemory<byte>.Empty);
            body.Write(new byte[300]);
            await body.CompleteAsync();
            Assert.True(body.IsEnded);
        });
        Assert.Equal("5\r\nhello\r\n12c\r\n" + new string('\0', 300) + "\r\n0\r\n\r\n", written);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(70000)]
    public async Task Memory_that_was_asked_for_becomes_a_chunk_of_what_was_advanced(int length)
    {
        var data = new byte[length];
        Random.Shared.NextBytes(data);
        foreach (var hint in new[] { length, Math.Max(length, 5000) })
        {
            var written = await WriteAsync(Http1Framing.Chunked, async body =>
            {
                data.CopyTo(body.GetMemory(hint));
                body.Advance(length);
                body.GetSpan();
                body.Advance(0);
                await body.CompleteAsync();
            });
            Assert.Equal($"{length:x}\r\n{Text(data)}\r\n0\r\n\r\n", written);
        }
    }

    [Fact]
    public async Task Trailers_end_a_chunked_body()
    {
        var written = await WriteAsync(Http1Framing.Chunked, async body =>
        {
            await body.WriteAsync(Bytes("x"));
            body.WriteTrailers(List(("Grpc-Status", "0"), ("A", "b")));
            Assert.Equal(Http1Error.LengthMismatch, ErrorOf(() => body.Write("y"u8)));
            await body.CompleteAsync();
        });
        Assert.Equal("1\r\nx\r\n0\r\nGrpc-Status: 0\r\nA: b\r\n\r\n", written);
    }

    [Fact]
    public async Task Trailers_that_frame_or_break_are_refused()
    {
        var written = await WriteAsync(Http1Framing.Chunked, body =>
        {
            Assert.Equal(Http1Error.BadTrailer, ErrorOf(() => body.WriteTrailers(List(("Content-Length", "1")))));
            Assert.Equal(Http1Error.BadFieldValue, ErrorOf(() => body.WriteTrailers(List(("A", "b\r\n")))));
            Assert.False(body.IsEnded);
            return Task.CompletedTask;
        });
        Assert.Equal("", written);
        await WriteAsync(Http1Framing.OfLength(0), body =>
        {
            Assert.Throws<InvalidOperationException>(() => body.WriteTrailers(List(("A", "b"))));
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task A_body_of_known_length_takes_exactly_that()
    {
        var written = await WriteAsync(Http1Framing.OfLength(5), async body =>
        {
            await body.WriteAsync(Bytes("hel"));
            Assert.False(body.IsEnded);
            Assert.Equal(Http1Error.LengthMismatch, ErrorOf(() => body.Complete()));
            Assert.Equal(Http1Error.LengthMismatch, ErrorOf(() => body.Write("lo!"u8)));
            Bytes("lo").CopyTo(body.GetMemory(2));
            body.Advance(2);
            Assert.True(body.IsEnded);
            Assert.Equal(Http1Error.LengthMismatch, ErrorOf(() => body.Advance(1)));
            await body.CompleteAsync();
        });
        Assert.Equal("hello", written);
    }

    [Fact]
    public async Task A_body_that_was_given_up_is_left_unfinished()
    {
        Assert.Equal("1\r\nx\r\n", await WriteAsync(Http1Framing.Chunked, async body =>
        {
            await body.WriteAsync(Bytes("x"));
            await body.CompleteAsync(new IOException());
            Assert.False(body.IsEnded);
        }));
    }

    [Fact]
    public async Task No_body_takes_nothing_and_until_close_takes_anything()
    {
        Assert.Equal("", await WriteAsync(Http1Framing.None, async body =>
        {
            Assert.Equal(Http1Error.LengthMismatch, ErrorOf(() => body.Write("x"u8)));
            await body.CompleteAsync();
        }));
        Assert.Equal("xyz", await WriteAsync(Http1Framing.UntilClose, async body =>
        {
            await body.WriteAsync(Bytes("xyz"));
            await body.CompleteAsync();
        }));
    }

    [Fact]
    public async Task What_the_writer_writes_the_reader_reads()
    {
        var random = new Random(1);
        var data = new byte[100_000];
        random.NextBytes(data);
        var written = await WriteAsync(Http1Framing.Chunked, async body =>
        {
            for (var at = 0; at < data.Length;)
            {
                var length = Math.Min(random.Next(1, 5000), data.Length - at);
                await body.WriteAsync(data.AsMemory(at, length));
                at += length;
            }

            body.WriteTrailers(List(("T", "v")));
        });
        var pieces = Bytes(written).Chunk(777);
        Assert.Equal($"[{Text(data)}]T: v\n\n", ReadBody(new Http1Reader(new CutPipeReader(pieces)).OpenBody(Http1Framing.Chunked)));
    }

    private static async Task<string> WriteAsync(Http1Framing framing, Func<Http1BodyWriter, Task> write)
    {
        using var stream = new MemoryStream();
        var output = PipeWriter.Create(stream);
        await write(new Http1BodyWriter(output, framing)).WaitAsync(TimeSpan.FromSeconds(30));
        await output.CompleteAsync();
        return Text(stream.ToArray());
    }
}
