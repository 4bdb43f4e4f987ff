using Engine.Http1;
using Engine.Testing;
using static Engine.Tests.Http1.Http1Messages;

namespace Engine.Tests.Http1;

public sealed class RequestHeadTests
{
    [Fact]
    public void Bytes_are_kept_as_they_were()
    {
        var head = Request("GET /a%2Fb?q=\xE4\xFF|{} HTTP/1.1\r\nHOST: Ex.ample\r\nX-oDD_name!: \t caf\xE9, \"\x80\" \t\r\nX-Empty:\r\nx-empty: \r\n\r\n");
        Assert.Equal("GET", Text(head.Method));
        Assert.Equal("/a%2Fb?q=\xE4\xFF|{}", Text(head.Target));
        Assert.Equal(1, head.MinorVersion);
        Assert.Equal("HOST: Ex.ample\nX-oDD_name!: caf\xE9, \"\x80\"\nX-Empty: \nx-empty: \n", head.Fields.ToString());
    }

    [Theory]
    [InlineData("GET /p?q HTTP/1.1\r\nHost: h:81\r\n\r\n", Http1TargetForm.Origin, "h:81", "/p?q")]
    [InlineData("GET //x/p HTTP/1.1\r\nHost: h\r\n\r\n", Http1TargetForm.Origin, "h", "//x/p")]
    [InlineData("GET http://H.example:80/p?q HTTP/1.1\r\nHost: h.EXAMPLE\r\n\r\n", Http1TargetForm.Absolute, "H.example:80", "/p?q")]
    [InlineData("GET HTTPS://h HTTP/1.1\r\nHost: h:443\r\n\r\n", Http1TargetForm.Absolute, "h", "/")]
    [InlineData("GET http://h?q=/x HTTP/1.1\r\nHost: h\r\n\r\n", Http1TargetForm.Absolute, "h", "?q=/x")]
    [InlineData("GET http://[::1]:8080/ HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n", Http1TargetForm.Absolute, "[::1]:8080", "/")]
    [InlineData("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", Http1TargetForm.Asterisk, "h", "*")]
    [InlineData("CONNECT h:443 HTTP/1.1\r\nHost: h\r\n\r\n", Http1TargetForm.Authority, "h:443", "")]
    [InlineData("GET / HTTP/1.0\r\n\r\n", Http1TargetForm.Origin, "", "/")]
    [InlineData("GET / HTTP/1.1\r\nHost:\r\n\r\n", Http1TargetForm.Origin, "", "/")]
    public void The_four_forms_of_a_target_are_told_apart(string text, Http1TargetForm form, string authority, string path)
    {
        var head = Request(text);
        Assert.Equal(form, head.TargetForm);
        Assert.Equal(authority, Text(head.Authority));
        Assert.Equal(path, Text(head.PathAndQuery));
        Assert.Equal(path.StartsWith('?'), head.PathIsMissing);
    }

    [Theory]
    [InlineData("")]
    [InlineData("*")]
    [InlineData("p")]
    [InlineData("h:80")]
    [InlineData("ftp://h/")]
    [InlineData("http:/h/")]
    [InlineData("http:///p")]
    [InlineData("http://u@h/")]
    [InlineData("http://h:x/")]
    [InlineData("http://h:65536/")]
    [InlineData("http://h:080443/")]
    [InlineData("http://h\\x/")]
    [InlineData("http://a,b/")]
    [InlineData("http://[::1/")]
    [InlineData("http://[]/")]
    [InlineData("http://[::1]x/")]
    [InlineData("http://h\xE4/")]
    [InlineData("/p#f")]
    [InlineData("/p\0")]
    [InlineData("/p\t")]
    [InlineData("/p\x7F")]
    [InlineData("/p q")]
    public void A_target_that_can_be_read_two_ways_is_refused(string target)
        => Assert.Equal(Http1Error.BadTarget, ErrorOf(() => Request($"GET {target} HTTP/1.1\r\nHost: h\r\n\r\n")));

    [Theory]
    [InlineData("CONNECT / HTTP/1.1")]
    [InlineData("CONNECT h HTTP/1.1")]
    [InlineData("CONNECT :443 HTTP/1.1")]
    [InlineData("CONNECT http://h:443 HTTP/1.1")]
    [InlineData("PUT * HTTP/1.1")]
    public void A_target_that_its_method_may_not_have_is_refused(string line)
        => Assert.Equal(Http1Error.BadTarget, ErrorOf(() => Request(line + "\r\nHost: h\r\n\r\n")));

    [Theory]
    [InlineData("GET", Http1Error.BadRequestLine)]
    [InlineData("GET /", Http1Error.BadRequestLine)]
    [InlineData("GET /  HTTP/1.1", Http1Error.BadTarget)]
    [InlineData("GET  / HTTP/1.1", Http1Error.BadTarget)]
    [InlineData("GET\t/\tHTTP/1.1", Http1Error.BadRequestLine)]
    [InlineData("GET / HTTP/1.1 ", Http1Error.BadRequestLine)]
    [InlineData(" GET / HTTP/1.1", Http1Error.BadRequestLine)]
    [InlineData("GET / http/1.1", Http1Error.BadRequestLine)]
    [InlineData("GET / HTTP/1.1x", Http1Error.BadRequestLine)]
    [InlineData("GET / HTTP/1", Http1Error.BadRequestLine)]
    [InlineData("GET / HTTP/1,1", Http1Error.BadRequestLine)]
    [InlineData("GET / HTTP/01.1", Http1Error.BadRequestLine)]
    [InlineData("GET / HTTP/1.2", Http1Error.UnsupportedVersion)]
    [InlineData("GET / HTTP/0.9", Http1Error.UnsupportedVersion)]
    [InlineData("GET / HTTP/2.0", Http1Error.UnsupportedVersion)]
    [InlineData("G(T / HTTP/1.1", Http1Error.BadMethod)]
    [InlineData("G\xC9T / HTTP/1.1", Http1Error.BadMethod)]
    public void A_malformed_request_line_is_refused(string line, Http1Error error)
        => Assert.Equal(error, ErrorOf(() => Request(line + "\r\nHost: h\r\n\r\n")));

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n")]
    [InlineData("GET / HTTP/1.0\r\nHost: a\r\nhost: b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a, b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: u@a\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: :80\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a:80:80\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: a:+80\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: \xE4.example\r\n\r\n")]
    public void A_missing_doubled_or_malformed_host_is_refused(string text)
        => Assert.Equal(Http1Error.BadHost, ErrorOf(() => Request(text)));

    [Theory]
    [InlineData("GET http://a/ HTTP/1.1\r\nHost: b\r\n\r\n")]
    [InlineData("GET http://a/ HTTP/1.1\r\nHost: a:81\r\n\r\n")]
    [InlineData("GET http://a:443/ HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET http://a/ HTTP/1.1\r\nHost:\r\n\r\n")]
    [InlineData("CONNECT a:443 HTTP/1.1\r\nHost: b:443\r\n\r\n")]
    [InlineData("CONNECT a:443 HTTP/1.1\r\nHost: a:444\r\n\r\n")]
    public void A_host_that_is_not_the_targets_is_refused(string text)
        => Assert.Equal(Http1Error.HostMismatch, ErrorOf(() => Request(text)));

    [Fact]
    public void One_empty_line_before_a_request_is_passed_over_and_no_more()
    {
        Assert.Equal("/", Text(Request("\r\nGET / HTTP/1.0\r\n\r\n").Target));
        Assert.Equal(Http1Error.BadRequestLine, ErrorOf(() => Request("\r\n\r\nGET / HTTP/1.0\r\n\r\n")));
        Assert.Equal(Http1Error.BareLineFeed, ErrorOf(() => Request("\nGET / HTTP/1.0\r\n\r\n")));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\r\n")]
    public void The_end_of_the_input_is_clean_between_requests(string text)
        => Assert.False(Now(new Http1Reader(CutPipeReader.Whole(Bytes(text))).ReadRequestHeadAsync(new Http1RequestHead())));

    [Fact]
    public void What_can_be_no_request_is_refused_before_its_line_ends()
    {
        var hello = new CutPipeReader([[0x16, 0x03], "never read"u8.ToArray()]);
        Assert.Equal(Http1Error.BadRequestLine, ErrorOf(() => Now(new Http1Reader(hello).ReadRequestHeadAsync(new Http1RequestHead()))));
        Assert.Equal(1, hello.Fetches);
    }

    [Theory]
    [InlineData("HTTP/1.1", "", true)]
    [InlineData("HTTP/1.1", "Connection: close\r\n", false)]
    [InlineData("HTTP/1.1", "Connection: x, CLOSE\r\n", false)]
    [InlineData("HTTP/1.1", "Connection: keep-alive\r\nConnection: close\r\n", false)]
    [InlineData("HTTP/1.0", "", false)]
    [InlineData("HTTP/1.0", "Connection: Keep-Alive\r\n", true)]
    [InlineData("HTTP/1.0", "Connection: keep-alive, close\r\n", false)]
    public void Whether_the_connection_stays_follows_version_and_connection_field(string version, string field, bool stays)
        => Assert.Equal(stays, Request($"GET / {version}\r\nHost: h\r\n{field}\r\n").IsPersistent);

    [Fact]
    public void A_head_is_read_again_and_again_without_allocating()
    {
        var text = Bytes("GET /path?query HTTP/1.1\r\nHost: example.com\r\nAccept: */*\r\nCookie: a=b; c=d\r\n\r\n");
        var input = new RepeatingReader(text);
        var reader = new Http1Reader(input);
        var head = new Http1RequestHead();
        for (var i = 0; i < 100; i++)
        {
            Assert.True(Now(reader.ReadRequestHeadAsync(head)));
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            Now(reader.ReadRequestHeadAsync(head));
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(3, head.Fields.Count);
    }
}
