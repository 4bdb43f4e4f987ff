using Engine.Http1;
using static Engine.Tests.Http1.Http1Messages;

namespace Engine.Tests.Http1;

public sealed class FramingTests
{
    private const string Max = "9223372036854775807";

    [Theory]
    [InlineData("", Http1BodyKind.None, 0)]
    [InlineData("Content-Length: 0\r\n", Http1BodyKind.None, 0)]
    [InlineData("content-length:  17 \r\n", Http1BodyKind.Length, 17)]
    [InlineData("Content-Length: " + Max + "\r\n", Http1BodyKind.Length, long.MaxValue)]
    [InlineData("Transfer-Encoding: chunked\r\n", Http1BodyKind.Chunked, 0)]
    [InlineData("transfer-encoding: Chunked\r\n", Http1BodyKind.Chunked, 0)]
    public void A_request_has_no_body_a_length_or_chunks(string fields, Http1BodyKind kind, long length)
        => Assert.Equal(new Http1Framing(kind, length), OfRequest(fields));

    [Theory]
    [InlineData("Content-Length: 1\r\nContent-Length: 2\r\n", Http1Error.ConflictingLength)]
    [InlineData("Content-Length: 1\r\nContent-Length: 1\r\n", Http1Error.ConflictingLength)]
    [InlineData("Content-Length: 1\r\nTransfer-Encoding: chunked\r\n", Http1Error.ConflictingLength)]
    [InlineData("Content-Length: 1, 1\r\n", Http1Error.BadContentLength)]
    [InlineData("Content-Length: 1,2\r\n", Http1Error.BadContentLength)]
    [InlineData("Content-Length: +1\r\n", Http1Error.BadContentLength)]
    [InlineData("Content-Length: -1\r\n", Http1Error.BadContentLength)]
    [InlineData("Content-Length: 0x1\r\n", Http1Error.BadContentLength)]
    [InlineData("Content-Length: 1 1\r\n", Http1Error.BadContentLength)]
    [InlineData("Content-Length: 1.0\r\n", Http1Error.BadContentLength)]
    [InlineData("Content-Length: 1_0\r\n", Http1Error.BadContentLength)]
    [InlineData("Content-Length: \"1\"\r\n", Http1Error.BadContentLength)]
    [InlineData("Content-Length: \xB2\r\n", Http1Error.BadContentLength)]
    [InlineData("Content-Length:\r\n", Http1Error.BadContentLength)]
    [InlineData("Content-Length: 9223372036854775808\r\n", Http1Error.BadContentLength)]
    [InlineData("Content-Length: 18446744073709551617\r\n", Http1Error.BadContentLength)]
    [InlineData("Content-Length: 00000000000000000001\r\n", Http1Error.BadContentLength)]
    [InlineData("Transfer-Encoding: gzip, chunked\r\n", Http1Error.UnsupportedTransferEncoding)]
    [InlineData("Transfer-Encoding: chunked, chunked\r\n", Http1Error.UnsupportedTransferEncoding)]
    [InlineData("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", Http1Error.UnsupportedTransferEncoding)]
    [InlineData("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", Http1Error.UnsupportedTransferEncoding)]
    [InlineData("Transfer-Encoding: identity\r\n", Http1Error.UnsupportedTransferEncoding)]
    [InlineData("Transfer-Encoding: xchunked\r\n", Http1Error.UnsupportedTransferEncoding)]
    [InlineData("Transfer-Encoding: chunked;q=1\r\n", Http1Error.UnsupportedTransferEncoding)]
    [InlineData("Transfer-Encoding: \"chunked\"\r\n", Http1Error.UnsupportedTransferEncoding)]
    [InlineData("Transfer-Encoding: chunked,\r\n", Http1Error.UnsupportedTransferEncoding)]
    [InlineData("Transfer-Encoding:\r\n", Http1Error.UnsupportedTransferEncoding)]
    [InlineData("Transfer-Encoding:\r\nContent-Length: 5\r\n", Http1Error.UnsupportedTransferEncoding)]
    public void What_two_parsers_could_frame_differently_is_refused_in_both_directions(string fields, Http1Error error)
    {
        Assert.Equal(error, ErrorOf(() => OfRequest(fields)));
        Assert.Equal(error, ErrorOf(() => OfResponse("HTTP/1.1 200 OK\r\n" + fields, "GET")));
        Assert.Equal(error, ErrorOf(() => OfResponse("HTTP/1.1 200 OK\r\n" + fields, "HEAD")));
    }

    [Fact]
    public void Transfer_encoding_in_version_1_0_is_refused()
    {
        Assert.Equal(Http1Error.UnexpectedTransferEncoding, ErrorOf(() => Http1Reader.RequestFraming(Request("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"))));
        Assert.Equal(Http1Error.UnexpectedTransferEncoding, ErrorOf(() => OfResponse("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n", "GET")));
    }

    [Fact]
    public void A_length_with_leading_zeros_is_passed_on_without_them()
    {
        var head = Request("POST / HTTP/1.0\r\nContent-Length: 010\r\n\r\n");
        Assert.Equal(Http1Framing.OfLength(10), Http1Reader.RequestFraming(head));
        Assert.Equal("Content-Length: 10\n", head.Fields.ToString());
    }

    [Theory]
    [InlineData("Content-Length: 1\r\n")]
    [InlineData("Transfer-Encoding: chunked\r\n")]
    public void CONNECT_has_no_content(string fields)
        => Assert.Equal(Http1Error.UnexpectedContent, ErrorOf(() => Http1Reader.RequestFraming(Request($"CONNECT h:1 HTTP/1.1\r\nHost: h:1\r\n{fields}\r\n"))));

    [Theory]
    [InlineData("200 OK\r\n", "GET", Http1BodyKind.UntilClose, 0)]
    [InlineData("200 OK\r\nContent-Length: 0\r\n", "GET", Http1BodyKind.Length, 0)]
    [InlineData("200 OK\r\nContent-Length: 5\r\n", "GET", Http1BodyKind.Length, 5)]
    [InlineData("200 OK\r\nTransfer-Encoding: chunked\r\n", "GET", Http1BodyKind.Chunked, 0)]
    [InlineData("200 OK\r\nContent-Length: 5\r\n", "HEAD", Http1BodyKind.None, 0)]
    [InlineData("200 OK\r\nTransfer-Encoding: chunked\r\n", "HEAD", Http1BodyKind.None, 0)]
    [InlineData("200 OK\r\n", "HEAD", Http1BodyKind.None, 0)]
    [InlineData("200 OK\r\nContent-Length: 5\r\n", "head", Http1BodyKind.Length, 5)]
    [InlineData("204 No Content\r\nContent-Length: 5\r\n", "GET", Http1BodyKind.None, 0)]
    [InlineData("304 Not Modified\r\nContent-Length: 5\r\n", "GET", Http1BodyKind.None, 0)]
    [InlineData("103 Early Hints\r\n", "GET", Http1BodyKind.None, 0)]
    [InlineData("101 Switching Protocols\r\n", "GET", Http1BodyKind.None, 0)]
    [InlineData("200 OK\r\nContent-Length: 5\r\n", "CONNECT", Http1BodyKind.None, 0)]
    [InlineData("407 x\r\nContent-Length: 5\r\n", "CONNECT", Http1BodyKind.Length, 5)]
    [InlineData("205 Reset Content\r\nContent-Length: 0\r\n", "GET", Http1BodyKind.Length, 0)]
    public void A_response_is_framed_by_status_method_and_fields(string text, string method, Http1BodyKind kind, long length)
        => Assert.Equal(new Http1Framing(kind, length), OfResponse("HTTP/1.1 " + text, method));

    private static Http1Framing OfRequest(string fields) => Http1Reader.RequestFraming(Request($"POST / HTTP/1.1\r\nHost: h\r\n{fields}\r\n"));

    private static Http1Framing OfResponse(string text, string method) => Http1Reader.ResponseFraming(Response(text + "\r\n"), Bytes(method));
}
