using Engine.Http1;
using Engine.Testing;
using static Engine.Tests.Http1.Http1Messages;

namespace Engine.Tests.Http1;

public sealed class LimitTests
{
    private static readonly Http1Limits Small = new() { MaxHeadSize = 200, MaxTargetLength = 50, MaxFieldCount = 3, MaxTrailerSize = 20 };

    [Fact]
    public void A_head_may_be_as_large_as_the_limit_and_no_larger()
    {
        const string Rest = "GET / HTTP/1.0\r\nA: \r\n\r\n";
        var value = new string('x', 200 - Rest.Length);
        Assert.Equal(value, Request(Rest.Replace("A: ", "A: " + value), Small).Fields.GetString("a"u8));
        Assert.Equal(Http1Error.HeadTooLarge, ErrorOf(() => Request(Rest.Replace("A: ", "A: x" + value), Small)));
    }

    [Fact]
    public void An_endless_line_is_refused_as_soon_as_it_passes_the_limit()
    {
        var input = new CutPipeReader(Enumerable.Repeat(Bytes(new string('x', 50)), 1000).Prepend(Bytes("GET / HTTP/1.0\r\nA: ")));
        Assert.Equal(Http1Error.HeadTooLarge, ErrorOf(() => Now(new Http1Reader(input, Small).ReadRequestHeadAsync(new Http1RequestHead()))));
        Assert.InRange(input.Fetches, 1, 6);
    }

    [Fact]
    public void Many_small_lines_count_together()
        => Assert.Equal(Http1Error.HeadTooLarge, ErrorOf(() => Response("HTTP/1.1 200 OK\r\n" + string.Concat(Enumerable.Repeat("A: b\r\n", 50)), new Http1Limits { MaxHeadSize = 200 })));

    [Fact]
    public void A_target_may_be_as_long_as_the_limit_and_no_longer()
    {
        var target = "/" + new string('t', 49);
        Assert.Equal(target, Text(Request($"GET {target} HTTP/1.0\r\n\r\n", Small).Target));
        Assert.Equal(Http1Error.TargetTooLong, ErrorOf(() => Request($"GET {target}t HTTP/1.0\r\n\r\n", Small)));
        Assert.Equal(Http1Error.TargetTooLong, ErrorOf(() => Request("GET /" + new string('t', 150), Small)));
    }

    [Fact]
    public void There_may_be_as_many_fields_as_the_limit_and_no_more()
    {
        Assert.Equal(3, Request("GET / HTTP/1.0\r\nA: b\r\nA: b\r\nA: b\r\n\r\n", Small).Fields.Count);
        Assert.Equal(Http1Error.TooManyFields, ErrorOf(() => Request("GET / HTTP/1.0\r\nA: b\r\nA: b\r\nA: b\r\nA: b\r\n\r\n", Small)));
    }

    [Theory]
    [InlineData("A: 1234567890123\r\n\r\n", null)]
    [InlineData("A: 12345678901234\r\n\r\n", Http1Error.TrailersTooLarge)]
    [InlineData("A: b\r\nA: b\r\nA: b\r\n\r\n", null)]
    [InlineData("A:\r\nA:\r\nA:\r\nA:\r\n\r\n", Http1Error.TrailersTooLarge)]
    public void A_trailer_section_is_bounded(string section, Http1Error? error)
    {
        var text = "0\r\n" + section;
        var body = new Http1Reader(CutPipeReader.Whole(Bytes(text)), Small).OpenBody(Http1Framing.Chunked);
        if (error is null)
        {
            Assert.StartsWith("[]A:", ReadBody(body));
            return;
        }

        Assert.Equal(error, ErrorOf(() => ReadBody(body)));
    }

    [Theory]
    [InlineData(Http1Error.TargetTooLong, 414)]
    [InlineData(Http1Error.HeadTooLarge, 431)]
    [InlineData(Http1Error.TooManyFields, 431)]
    [InlineData(Http1Error.UnsupportedTransferEncoding, 501)]
    [InlineData(Http1Error.UnsupportedVersion, 505)]
    [InlineData(Http1Error.BareLineFeed, 400)]
    public void Each_error_knows_the_status_that_answers_it(Http1Error error, int status)
        => Assert.Equal(status, new Http1Exception(error, "x").SuggestedStatus);
}
