using System.Buffers;
using Engine.Fields;
using Engine.Http2.Hpack;
using static Engine.Tests.Http2.Hpack.HpackBlocks;

namespace Engine.Tests.Http2.Hpack;

public class HpackEncoderTests
{
    [Fact]
    public void Requests_have_the_octets_of_the_rfc()
    {
        // RFC 7541 C.4
        var encoder = new HpackEncoder();
        AssertBlock(encoder, "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff", ":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com");
        AssertBlock(encoder, "8286 84be 5886 a8eb 1064 9cbf", ":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com", "cache-control: no-cache");
        AssertBlock(
            encoder,
            "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf",
            ":method: GET", ":scheme: https", ":path: /index.html", ":authority: www.example.com", "custom-key: custom-value");
        Assert.Equal(164, encoder.TableSize);
    }

    [Fact]
    public void Names_are_lower_cased_and_values_left_as_they_are()
    {
        var block = Encode(new HpackEncoder(), ListOf("X-Forwarded-For: ABC", "Content-Type: Text/Plain"));
        Assert.Equal(["x-forwarded-for: ABC", "content-type: Text/Plain"], Decode(new HpackDecoder(), block));
    }

    [Fact]
    public void A_name_is_found_in_the_table_whatever_its_case()
    {
        var encoder = new HpackEncoder();
        Encode(encoder, ListOf("X-One: 1"));
        Assert.Equal("BE", Convert.ToHexString(Encode(encoder, ListOf("x-oNE: 1"))));
    }

    [Theory]
    [InlineData("authorization: Bearer abc")]
    [InlineData("Proxy-Authorization: Basic abc")]
    [InlineData("cookie: a=b")]
    [InlineData("Set-Cookie: a=b")]
    [InlineData("Cf-Access-Jwt-Assertion: abc")]
    [InlineData("cf-access-client-secret: abc")]
    [InlineData("cf-access-abc: abc")] // as long as "authorization" plus one
    [InlineData("cf-access-ab: abc")]
    [InlineData("cf-cloudflared-response-headers: YTpi")]
    public void Secrets_are_never_indexed_and_say_so_to_the_next_hop(string line)
    {
        var encoder = new HpackEncoder();
        var first = Encode(encoder, ListOf(line));
        Assert.Equal(0x10, first[0] & 0xF0);
        Assert.Equal(0, encoder.TableSize);
        Assert.Equal(first, Encode(encoder, ListOf(line)));
        Assert.True(DecodeList(new HpackDecoder(), first)[0].IsSensitive);
    }

    [Fact]
    public void A_field_marked_as_sensitive_is_never_indexed()
    {
        var list = new FieldList();
        list.Add("x-api-key"u8, "k"u8, sensitive: true);
        list.Add("x-api-key"u8, "l"u8);
        list.Add("x-api-key"u8, "m"u8, sensitive: true);
        var encoder = new HpackEncoder();
        var decoded = DecodeList(new HpackDecoder(), Encode(encoder, list));
        Assert.True(decoded[0].IsSensitive);
        Assert.False(decoded[1].IsSensitive);
        Assert.True(decoded[2].IsSensitive);
        Assert.Equal("x-api-keyl".Length + 32, encoder.TableSize);
    }

    [Theory]
    [InlineData(":path: /some/thing")]
    [InlineData("content-length: 1234567")]
    [InlineData("etag: \"abc\"")]
    public void Fields_that_differ_from_message_to_message_take_no_place_in_the_table(string line)
    {
        var encoder = new HpackEncoder();
        Assert.Equal([line], Decode(new HpackDecoder(), Encode(encoder, ListOf(line))));
        Assert.Equal(0, encoder.TableSize);
    }

    [Fact]
    public void Every_entry_of_the_static_table_is_one_octet()
    {
        // Appendix A, spelt again so that a slip in the table shows.
        string[] some =
        [
            ":authority: 81", ":method: GET 82", ":method: POST 83", ":path: / 84", ":path: /index.html 85", ":scheme: http 86",
            ":scheme: https 87", ":status: 200 88", ":status: 204 89", ":status: 206 8A", ":status: 304 8B", ":status: 400 8C",
            ":status: 404 8D", ":status: 500 8E", "accept-charset: 8F", "accept-encoding: gzip, deflate 90", "accept-language: 91",
            "accept-ranges: 92", "accept: 93", "access-control-allow-origin: 94", "age: 95", "allow: 96", "cache-control: 98",
            "content-disposition: 99", "content-encoding: 9A", "content-language: 9B", "content-length: 9C", "content-location: 9D",
            "content-range: 9E", "content-type: 9F", "date: A1", "etag: A2", "expect: A3", "expires: A4", "from: A5", "host: A6",
            "if-match: A7", "if-modified-since: A8", "if-none-match: A9", "if-range: AA", "if-unmodified-since: AB", "last-modified: AC",
            "link: AD", "location: AE", "max-forwards: AF", "proxy-authenticate: B0", "range: B2", "referer: B3", "refresh: B4",
            "retry-after: B5", "server: B6", "strict-transport-security: B8", "transfer-encoding: B9", "user-agent: BA", "vary: BB",
            "via: BC", "www-authenticate: BD",
        ];
        foreach (var line in some)
        {
            var name = line[..line.IndexOf(": ", 1, StringComparison.Ordinal)];
            var rest = line[(name.Length + 2)..];
            var space = rest.LastIndexOf(' ');
            var value = space < 0 ? "" : rest[..space];
            Assert.Equal(rest[(space + 1)..], Convert.ToHexString(Encode(new HpackEncoder(), ListOf($"{name}: {value}"))));
        }
    }

    [Fact]
    public void Nothing_is_allocated_in_the_steady_state()
    {
        var encoder = new HpackEncoder();
        var decoder = new HpackDecoder();
        var output = new ArrayBufferWriter<byte>(64 * 1024);
        var decoded = new FieldList();
        var requests = new FieldList[8];
        for (var i = 0; i < requests.Length; i++)
        {
            requests[i] = ListOf(
                ":method: GET", ":scheme: https", $":path: /page/{i}", ":authority: www.example.com", "User-Agent: test/1.0",
                "cookie: session=0123456789", $"x-request-id: {Guid.NewGuid()}", "accept: */*");
        }

        void Exchange()
        {
            foreach (var request in requests)
            {
                output.ResetWrittenCount();
                decoded.Clear();
                encoder.Encode(request, output);
                decoder.Decode(new ReadOnlySequence<byte>(output.WrittenMemory), decoded, 16 * 1024);
            }
        }

        for (var i = 0; i < 100; i++)
        {
            Exchange();
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            Exchange();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void AssertBlock(HpackEncoder encoder, string hex, params string[] lines) =>
        Assert.Equal(Convert.ToHexString(Hex(hex)), Convert.ToHexString(Encode(encoder, ListOf(lines))));
}
