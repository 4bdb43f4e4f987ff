using System.Buffers;
using System.IO.Pipelines;
using Engine.Http1;
using Engine.Testing;
using static Engine.Tests.Http1.Http1Messages;

namespace Engine.Tests.Http1;

public sealed class BodyReaderTests
{
    [Theory]
    [InlineData("5\r\nhello\r\n0\r\n\r\n", "[hello]\n")]
    [InlineData("1\r\na\r\n2\r\nbc\r\nA\r\n0123456789\r\n0a\r\n0123456789\r\n0\r\n\r\n", "[abc01234567890123456789]\n")]
    [InlineData("0\r\n\r\n", "[]\n")]
    [InlineData("000\r\n\r\n", "[]\n")]
    [InlineData("3\r\n\r\n\0\r\n0\r\nX-Sum: a\xE4 \r\nY:\r\n\r\n", "[\r\n\0]X-Sum: a\xE4\nY: \n\n")]
    public void Chunks_become_data_and_trailers(string text, string expected) => Assert.Equal(expected, ReadBody(Chunked(text)));

    [Theory]
    [InlineData("5;a=b\r\nhello\r\n0\r\n\r\n", Http1Error.ChunkExtension)]
    [InlineData("5;\r\nhello\r\n0\r\n\r\n", Http1Error.ChunkExtension)]
    [InlineData("5 \r\nhello\r\n0\r\n\r\n", Http1Error.ChunkExtension)]
    [InlineData("0;\nx", Http1Error.ChunkExtension)]
    [InlineData(" 5\r\nhello\r\n0\r\n\r\n", Http1Error.BadChunkSize)]
    [InlineData("\r\n", Http1Error.BadChunkSize)]
    [InlineData("-1\r\n", Http1Error.BadChunkSize)]
    [InlineData("+5\r\n", Http1Error.BadChunkSize)]
    [InlineData("0x5\r\n", Http1Error.BadChunkSize)]
    [InlineData("5g\r\n", Http1Error.BadChunkSize)]
    [InlineData("\xB2\r\n", Http1Error.BadChunkSize)]
    [InlineData("8000000000000000\r\n", Http1Error.BadChunkSize)]
    [InlineData("FFFFFFFFFFFFFFFF\r\n", Http1Error.BadChunkSize)]
    [InlineData("10000000000000005\r\n", Http1Error.BadChunkSize)]
    [InlineData("00000000000000005\r\n", Http1Error.BadChunkSize)]
    [InlineData("5\nhello\r\n0\r\n\r\n", Http1Error.BareLineFeed)]
    [InlineData("5\rhello\r\n0\r\n\r\n", Http1Error.BareCarriageReturn)]
    [InlineData("5\r\nhello0\r\n\r\n", Http1Error.BadChunkEnd)]
    [InlineData("5\r\nhello\n0\r\n\r\n", Http1Error.BadChunkEnd)]
    [InlineData("5\r\nhello\r0\r\n\r\n", Http1Error.BadChunkEnd)]
    [InlineData("5\r\nhello!\r\n0\r\n\r\n", Http1Error.BadChunkEnd)]
    [InlineData("0\r\n\n", Http1Error.BareLineFeed)]
    [InlineData("0\r\nA: b\n\r\n", Http1Error.BareLineFeed)]
    [InlineData("0\r\nA : b\r\n\r\n", Http1Error.SpaceBeforeColon)]
    [InlineData("0\r\n A: b\r\n\r\n", Http1Error.ObsoleteFold)]
    [InlineData("0\r\nno colon\r\n\r\n", Http1Error.BadFieldName)]
    [InlineData("0\r\nGET / HTTP/1.1\r\n\r\n", Http1Error.BadFieldName)]
    [InlineData("0\r\nContent-Length: 1\r\n\r\n", Http1Error.BadTrailer)]
    [InlineData("0\r\ntransfer-encoding: chunked\r\n\r\n", Http1Error.BadTrailer)]
    [InlineData("0\r\nHOST: x\r\n\r\n", Http1Error.BadTrailer)]
    [InlineData("0\r\nAuthorization: x\r\n\r\n", Http1Error.BadTrailer)]
    public void Malformed_chunks_are_refused_wherever_the_input_is_cut(string text, Http1Error error)
    {
        for (var cut = 0; cut <= text.Length; cut++)
        {
            var body = Chunked(CutPipeReader.CutAt(Bytes(text), cut));
            Assert.Equal(error, ErrorOf(() => ReadBody(body)));
            Assert.False(body.IsEnded);
        }

        Assert.Equal(error, ErrorOf(() => ReadBody(Chunked(CutPipeReader.ByteByByte(Bytes(text))))));
    }

    [Fact]
    public void What_has_come_is_passed_on_at_once_and_across_chunks()
    {
        var body = Chunked(new CutPipeReader([Bytes("2\r\nab\r\n3\r\ncd"), Bytes("e\r"), Bytes("\n0\r\n\r\n")]));
        Assert.Equal(("abcd", false), ReadOnce(body));
        Assert.Equal(("e", false), ReadOnce(body));
        Assert.Equal(("", true), ReadOnce(body));
    }

    [Fact]
    public void The_last_data_and_the_end_come_together_when_both_are_there()
    {
        Assert.Equal(("ab", true), ReadOnce(Chunked("2\r\nab\r\n0\r\n\r\n")));
        Assert.Equal(("ab", true), ReadOnce(Body("ab", Http1Framing.OfLength(2))));
    }

    [Fact]
    public void A_reader_that_consumes_little_by_little_sees_data_across_chunks()
    {
        const string Text = "3\r\nabc\r\n1\r\nd\r\n4\r\nefgh\r\n0\r\nT: 1\r\n\r\nnext";
        for (var step = 1; step <= 8; step++)
        {
            foreach (var input in new[] { CutPipeReader.ByteByByte(Bytes(Text)), CutPipeReader.Whole(Bytes(Text)) })
            {
                var body = Chunked(input);
                Assert.Equal("abcdefgh", ReadInSteps(body, step));
                Assert.Equal("T: 1\n", body.Trailers?.ToString());
                Assert.True(body.IsEnded);
                Assert.Equal(4, input.Left);
            }
        }
    }

    [Theory]
    [InlineData(Http1BodyKind.Length, 5)]
    [InlineData(Http1BodyKind.UntilClose, 0)]
    public void Bodies_without_chunks_are_read_in_steps_too(Http1BodyKind kind, long length)
    {
        for (var step = 1; step <= 5; step++)
        {
            Assert.Equal("hello", ReadInSteps(Body("hello", new Http1Framing(kind, length), byteByByte: true), step));
        }
    }

    [Fact]
    public void A_body_takes_its_own_bytes_and_no_more()
    {
        var input = CutPipeReader.Whole(Bytes("helloNEXT"));
        Assert.Equal("[hello]\n", ReadBody(new Http1Reader(input).OpenBody(Http1Framing.OfLength(5))));
        Assert.Equal(4, input.Left);
    }

    [Fact]
    public void No_body_reads_nothing()
    {
        var input = CutPipeReader.Whole(Bytes("NEXT"));
        Assert.Equal("[]\n", ReadBody(new Http1Reader(input).OpenBody(Http1Framing.None)));
        Assert.Equal(0, input.Fetches);
    }

    [Fact]
    public void A_body_that_is_left_before_its_end_says_so()
    {
        var input = CutPipeReader.Whole(Bytes("hello"));
        var body = new Http1Reader(input).OpenBody(Http1Framing.OfLength(5));
        var result = Now(body.ReadAsync());
        body.AdvanceTo(result.Buffer.GetPosition(2));
        _ = Now(body.ReadAsync());
        body.Complete();
        Assert.False(body.IsEnded);
        Assert.Equal(3, input.Left);
    }

    [Fact]
    public void A_reset_is_passed_on_as_it_is()
    {
        var reset = new IOException("reset");
        foreach (var framing in new[] { Http1Framing.OfLength(9), Http1Framing.Chunked, Http1Framing.UntilClose })
        {
            var body = new Http1Reader(new CutPipeReader([Bytes("3\r\nabc\r\n")], reset)).OpenBody(framing);
            Assert.Same(reset, Assert.Throws<IOException>(() => ReadBody(body)));
        }
    }

    [Fact]
    public void Data_before_a_fault_is_given_before_the_fault()
    {
        var body = Chunked("3\r\nabc\r\nnonsense");
        Assert.Equal(("abc", false), ReadOnce(body));
        Assert.Equal(Http1Error.BadChunkSize, ErrorOf(() => ReadOnce(body)));
    }

    [Fact]
    public void A_thousand_chunks_of_one_byte_come_through_in_bounded_reads()
    {
        var body = Chunked(string.Concat(Enumerable.Repeat("1\r\nx\r\n", 1000)) + "0\r\n\r\n");
        var first = ReadOnce(body).Text.Length;
        Assert.InRange(first, 1, 300);
        Assert.Equal($"[{new string('x', 1000 - first)}]\n", ReadBody(body));
        Assert.Equal(new string('x', 1000), ReadInSteps(Chunked(string.Concat(Enumerable.Repeat("1\r\nx\r\n", 1000)) + "0\r\n\r\n"), 999));
    }

    [Fact]
    public void TryRead_gives_what_ReadAsync_gives()
    {
        var body = Chunked("3\r\nabc\r\n0\r\n\r\n");
        Assert.True(body.TryRead(out var result));
        Assert.Equal("abc", Text(result.Buffer.ToArray()));
        Assert.True(result.IsCompleted);
        body.AdvanceTo(result.Buffer.End);
        Assert.True(body.TryRead(out result));
        Assert.True(result.IsCompleted && result.Buffer.IsEmpty);
    }

    [Fact]
    public async Task A_cancelled_read_returns_and_the_body_goes_on()
    {
        var pipe = new Pipe();
        var body = new Http1Reader(pipe.Reader).OpenBody(Http1Framing.Chunked);
        var read = body.ReadAsync().AsTask();
        body.CancelPendingRead();
        var result = await read.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.True(result.IsCanceled);
        body.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        await pipe.Writer.WriteAsync(Bytes("1\r\nx\r\n0\r\n\r\n"));
        Assert.Equal("[x]\n", ReadBody(body));
    }

    [Fact]
    public async Task Chunk_lines_alone_are_no_news_to_a_reader_that_waits_for_data()
    {
        var pipe = new Pipe(new PipeOptions(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline));
        var body = new Http1Reader(pipe.Reader).OpenBody(Http1Framing.Chunked);
        await pipe.Writer.WriteAsync(Bytes("1\r\na"));
        var result = Now(body.ReadAsync());
        body.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        var read = body.ReadAsync().AsTask();
        await pipe.Writer.WriteAsync(Bytes("\r\n"));
        await pipe.Writer.WriteAsync(Bytes("2\r\n"));
        Assert.False(read.IsCompleted, "It was woken for nothing.");
        await pipe.Writer.WriteAsync(Bytes("b"));
        result = await read.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal("ab", Text(result.Buffer.ToArray()));
        body.AdvanceTo(result.Buffer.End);
    }

    private static Http1BodyReader Chunked(string text) => Chunked(CutPipeReader.Whole(Bytes(text)));

    private static Http1BodyReader Chunked(PipeReader input) => new Http1Reader(input).OpenBody(Http1Framing.Chunked);

    private static Http1BodyReader Body(string text, Http1Framing framing, bool byteByByte = false)
        => new Http1Reader(byteByByte ? CutPipeReader.ByteByByte(Bytes(text)) : CutPipeReader.Whole(Bytes(text))).OpenBody(framing);

    private static (string Text, bool Completed) ReadOnce(Http1BodyReader body)
    {
        var result = Now(body.ReadAsync());
        var text = Text(result.Buffer.ToArray());
        body.AdvanceTo(result.Buffer.End);
        return (text, result.IsCompleted);
    }

    /// <summary>Consumes whole steps only and asks for more while there is less than one, as a message reader does.</summary>
    private static string ReadInSteps(Http1BodyReader body, int step)
    {
        var text = "";
        while (true)
        {
            var result = Now(body.ReadAsync());
            var buffer = result.Buffer;
            while (buffer.Length >= step || (result.IsCompleted && !buffer.IsEmpty))
            {
                var take = Math.Min(step, buffer.Length);
                text += Text(buffer.Slice(0, take).ToArray());
                buffer = buffer.Slice(take);
            }

            body.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
            {
                return text;
            }
        }
    }
}
