using Engine.Http1;
using Engine.Testing;
using static Engine.Tests.Http1.Http1Messages;

namespace Engine.Tests.Http1;

public sealed class ResponseHeadTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK", 200, "OK")]
    [InlineData("HTTP/1.1 404 Not \xE4 Found\there", 404, "Not \xE4 Found\there")]
    [InlineData("HTTP/1.1 299 ", 299, "")]
    [InlineData("HTTP/1.1 299", 299, "")]
    [InlineData("HTTP/1.0 999 x", 999, "x")]
    public void A_status_line_is_version_status_and_reason(string line, int status, string reason)
    {
        var head = Response(line + "\r\nA: b\r\n\r\n");
        Assert.Equal(status, head.Status);
        Assert.Equal(reason, Text(head.Reason));
        Assert.Equal("A: b\n", head.Fields.ToString());
    }

    [Theory]
    [InlineData("HTTP/1.1", Http1Error.BadStatusLine)]
    [InlineData("HTTP/1.1 20", Http1Error.BadStatusLine)]
    [InlineData("HTTP/1.1 2000", Http1Error.BadStatusLine)]
    [InlineData("HTTP/1.1  200 OK", Http1Error.BadStatusLine)]
    [InlineData("HTTP/1.1\t200 OK", Http1Error.BadStatusLine)]
    [InlineData("HTTP/1.1 099 OK", Http1Error.BadStatusLine)]
    [InlineData("HTTP/1.1 2x0 OK", Http1Error.BadStatusLine)]
    [InlineData("HTTP/1.1 200OK", Http1Error.BadStatusLine)]
    [InlineData("HTTP/1.1 200 O\0K", Http1Error.BadStatusLine)]
    [InlineData("http/1.1 200 OK", Http1Error.BadStatusLine)]
    [InlineData("\r\nHTTP/1.1 200 OK", Http1Error.BadStatusLine)]
    [InlineData("SSH-2.0-x", Http1Error.BadStatusLine)]
    [InlineData("HTTP/2.0 200 OK", Http1Error.UnsupportedVersion)]
    [InlineData("HTTP/1.2 200 OK", Http1Error.UnsupportedVersion)]
    [InlineData("HTTP/1.1 200 O\rK", Http1Error.BareCarriageReturn)]
    public void A_malformed_status_line_is_refused(string line, Http1Error error)
        => Assert.Equal(error, ErrorOf(() => Response(line + "\r\n\r\n")));

    [Fact]
    public void Interim_answers_are_read_one_by_one()
    {
        var reader = new Http1Reader(CutPipeReader.Whole(Bytes(
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n")));
        var head = new Http1ResponseHead();
        foreach (var (status, informational) in new[] { (100, true), (103, true), (204, false) })
        {
            Assert.True(Now(reader.ReadResponseHeadAsync(head)));
            Assert.Equal(status, head.Status);
            Assert.Equal(informational, head.IsInformational);
        }

        Assert.False(Now(reader.ReadResponseHeadAsync(head)));
        Assert.False(Response("HTTP/1.1 101 Switching Protocols\r\n\r\n").IsInformational);
    }

    [Fact]
    public void What_follows_a_switch_of_protocols_stays_in_the_input()
    {
        var input = CutPipeReader.Whole(Bytes("HTTP/1.1 101 x\r\nUpgrade: y\r\n\r\nraw"));
        Assert.True(Now(new Http1Reader(input).ReadResponseHeadAsync(new Http1ResponseHead())));
        Assert.Equal(3, input.Left);
    }
}
