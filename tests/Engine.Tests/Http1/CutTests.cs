using Engine.Http1;
using Engine.Testing;
using static Engine.Tests.Http1.Http1Messages;

namespace Engine.Tests.Http1;

/// <summary>Where the network cuts the bytes makes no difference; where the peer stops does.</summary>
public sealed class CutTests
{
    private const string Requests =
        "POST /a?b HTTP/1.1\r\nHost: h\r\nX: \xE4\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n10\r\n0123456789abcdef\r\n0\r\nT: v\r\nU:\r\n\r\n"
        + "\r\nPUT http://h/ HTTP/1.1\r\nHost: h\r\nContent-Length: 7\r\n\r\n\r\n\r\nabc"
        + "GET / HTTP/1.0\r\n\r\n";

    private const string Responses =
        "HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n"
        + "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n0\r\n\r\n"
        + "HTTP/1.1 204\r\n\r\n"
        + "HTTP/1.1 404 Not Found\r\nContent-Length: 3\r\n\r\nabc"
        + "HTTP/1.0 200 OK\r\n\r\nuntil the end";

    [Fact]
    public void Requests_read_the_same_wherever_they_are_cut() => ReadsTheSameCut(Requests, input => ReadRequests(input));

    [Fact]
    public void Responses_read_the_same_wherever_they_are_cut() => ReadsTheSameCut(Responses, input => ReadResponses(input));

    [Fact]
    public void A_truncated_request_never_reads_as_a_whole_one()
    {
        var ends = WholeAt(Requests, "GET / HTTP/1.0", "\r\nPUT");
        for (var length = 0; length < Requests.Length; length++)
        {
            var input = Bytes(Requests[..length]);

            // The empty line that may precede a request belongs to none: cut after it, the input ended between two.
            if (ends.Contains(length) || Requests[..length].EndsWith("U:\r\n\r\n\r\n"))
            {
                ReadRequests(CutPipeReader.Whole(input));
                continue;
            }

            Assert.Equal(Http1Error.Truncated, ErrorOf(() => ReadRequests(CutPipeReader.Whole(input))));
            Assert.Equal(Http1Error.Truncated, ErrorOf(() => ReadRequests(CutPipeReader.ByteByByte(input))));
        }
    }

    [Fact]
    public void A_truncated_response_never_reads_as_a_whole_one()
    {
        var ends = WholeAt(Responses, "HTTP/1.1 200", "HTTP/1.1 204", "HTTP/1.1 404", "HTTP/1.0 200");
        for (var length = 0; length <= Responses.IndexOf("until", StringComparison.Ordinal) - 1; length++)
        {
            var input = Bytes(Responses[..length]);
            if (ends.Contains(length))
            {
                ReadResponses(CutPipeReader.Whole(input));
                continue;
            }

            Assert.Equal(Http1Error.Truncated, ErrorOf(() => ReadResponses(CutPipeReader.Whole(input))));
            Assert.Equal(Http1Error.Truncated, ErrorOf(() => ReadResponses(CutPipeReader.ByteByByte(input))));
        }
    }

    private static HashSet<int> WholeAt(string text, params string[] starts)
        => [0, .. starts.Select(start => text.IndexOf(start, StringComparison.Ordinal))];

    private static void ReadsTheSameCut(string text, Func<System.IO.Pipelines.PipeReader, string> read)
    {
        var bytes = Bytes(text);
        var whole = read(CutPipeReader.Whole(bytes));
        Assert.Equal(whole, read(CutPipeReader.ByteByByte(bytes)));
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            Assert.Equal(whole, read(CutPipeReader.CutAt(bytes, cut)));
        }
    }
}
