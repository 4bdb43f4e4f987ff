using Engine.Http1;
using static Engine.Tests.Http1.Http1Messages;

namespace Engine.Tests.Http1;

public sealed class FieldLineTests
{
    [Theory]
    [InlineData("A : b\r\n", Http1Error.SpaceBeforeColon)]
    [InlineData("A\t: b\r\n", Http1Error.SpaceBeforeColon)]
    [InlineData(" A: b\r\n", Http1Error.ObsoleteFold)]
    [InlineData("A: b\r\n c\r\n", Http1Error.ObsoleteFold)]
    [InlineData("A: b\r\n\tc\r\n", Http1Error.ObsoleteFold)]
    [InlineData("A: b\r\n \r\n", Http1Error.ObsoleteFold)]
    [InlineData("A\r\n", Http1Error.BadFieldName)]
    [InlineData(": b\r\n", Http1Error.BadFieldName)]
    [InlineData("A B: c\r\n", Http1Error.BadFieldName)]
    [InlineData("A\0: c\r\n", Http1Error.BadFieldName)]
    [InlineData("A\xE4: c\r\n", Http1Error.BadFieldName)]
    [InlineData("A(: c\r\n", Http1Error.BadFieldName)]
    [InlineData("A@: c\r\n", Http1Error.BadFieldName)]
    [InlineData("A: b\0\r\n", Http1Error.BadFieldValue)]
    [InlineData("A: \x01\r\n", Http1Error.BadFieldValue)]
    [InlineData("A: \x1F\r\n", Http1Error.BadFieldValue)]
    [InlineData("A: b\x7F\r\n", Http1Error.BadFieldValue)]
    [InlineData("A: b\x0B\r\n", Http1Error.BadFieldValue)]
    [InlineData("A: b\n", Http1Error.BareLineFeed)]
    [InlineData("A: b\nC: d\r\n", Http1Error.BareLineFeed)]
    [InlineData("A: b\rC: d\r\n", Http1Error.BareCarriageReturn)]
    [InlineData("A: b\r\r\n", Http1Error.BareCarriageReturn)]
    public void A_malformed_field_line_is_refused_in_both_directions(string lines, Http1Error error)
    {
        Assert.Equal(error, ErrorOf(() => Request("GET / HTTP/1.1\r\nHost: h\r\n" + lines + "\r\n")));
        Assert.Equal(error, ErrorOf(() => Response("HTTP/1.1 200 OK\r\n" + lines + "\r\n")));
    }

    [Fact]
    public void The_end_of_a_head_is_crlf_and_not_lf()
        => Assert.Equal(Http1Error.BareLineFeed, ErrorOf(() => Request("GET / HTTP/1.1\r\nHost: h\r\n\n")));

    [Fact]
    public void Connection_fields_go_and_what_everyone_must_see_stays()
    {
        var fields = List(
            ("X-Named", "1"), ("Connection", "x-named, Host, close ,, content-length"), ("Host", "h"), ("Content-Length", "1"), ("connection", "Other"),
            ("x-NAMED", "2"), ("Keep-Alive", "timeout=1"), ("Proxy-Connection", "x"), ("Transfer-Encoding", "chunked"), ("Upgrade", "y"),
            ("TE", "trailers"), ("other", "3"), ("Cookie", "c"));
        Http1Fields.RemoveConnectionFields(fields);
        Assert.Equal("Host: h\nContent-Length: 1\nTE: trailers\nCookie: c\n", fields.ToString());
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("trailers, gzip")]
    public void TE_goes_unless_it_says_trailers_and_nothing_else(string value)
    {
        var fields = List(("TE", value));
        Http1Fields.RemoveConnectionFields(fields);
        Assert.Equal(0, fields.Count);
    }

    [Fact]
    public void A_doubled_TE_goes_whole()
    {
        var fields = List(("TE", "trailers"), ("te", "gzip"));
        Http1Fields.RemoveConnectionFields(fields);
        Assert.False(fields.Contains("te"u8));
    }
}
