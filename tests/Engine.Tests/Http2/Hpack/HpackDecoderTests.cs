using System.Buffers;
using Engine.Fields;
using Engine.Http2.Hpack;
using Engine.Testing;
using static Engine.Tests.Http2.Hpack.HpackBlocks;

namespace Engine.Tests.Http2.Hpack;

public class HpackDecoderTests
{
    private static readonly string[] FirstRequest = [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"];

    [Theory] // RFC 7541 C.2
    [InlineData("400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572", "custom-key: custom-header", 55, false)]
    [InlineData("040c 2f73 616d 706c 652f 7061 7468", ":path: /sample/path", 0, false)]
    [InlineData("1008 7061 7373 776f 7264 0673 6563 7265 74", "password: secret", 0, true)]
    [InlineData("82", ":method: GET", 0, false)]
    public void Each_representation_decodes_as_in_the_rfc(string hex, string field, int tableSize, bool isSensitive)
    {
        var decoder = new HpackDecoder();
        var list = DecodeList(decoder, Hex(hex));
        Assert.Equal([field], Lines(list));
        Assert.Equal(isSensitive, list[0].IsSensitive);
        Assert.Equal(tableSize, decoder.TableSize);
    }

    [Theory]
    [InlineData( // C.3
        "8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
        "8286 84be 5808 6e6f 2d63 6163 6865",
        "8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65")]
    [InlineData( // C.4, with Huffman
        "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff",
        "8286 84be 5886 a8eb 1064 9cbf",
        "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf")]
    public void Requests_decode_as_in_the_rfc(string first, string second, string third)
    {
        var decoder = new HpackDecoder();
        Assert.Equal(FirstRequest, Decode(decoder, Hex(first)));
        Assert.Equal(57, decoder.TableSize);
        Assert.Equal([.. FirstRequest, "cache-control: no-cache"], Decode(decoder, Hex(second)));
        Assert.Equal(110, decoder.TableSize);
        Assert.Equal(
            [":method: GET", ":scheme: https", ":path: /index.html", ":authority: www.example.com", "custom-key: custom-value"],
            Decode(decoder, Hex(third)));
        Assert.Equal(164, decoder.TableSize);
    }

    [Theory]
    [InlineData( // C.5
        "4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d",
        "4803 3330 37c1 c0bf",
        "88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d 54c0 5a04 677a 6970 7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049 5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b 2076 6572 7369 6f6e 3d31")]
    [InlineData( // C.6, with Huffman
        "4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3",
        "4883 640e ffc1 c0bf",
        "88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab 77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f 9587 3160 65c0 03ed 4ee5 b106 3d50 07")]
    public void Responses_decode_as_in_the_rfc_with_a_table_that_evicts(string first, string second, string third)
    {
        string[] shared = ["cache-control: private", "date: Mon, 21 Oct 2013 20:13:21 GMT", "location: https://www.example.com"];
        var decoder = new HpackDecoder(256);
        Assert.Empty(Decode(decoder, Hex("3fe1 01"))); // table size 256, as the examples have it
        Assert.Equal([":status: 302", .. shared], Decode(decoder, Hex(first)));
        Assert.Equal(222, decoder.TableSize);
        Assert.Equal([":status: 307", .. shared], Decode(decoder, Hex(second)));
        Assert.Equal(222, decoder.TableSize);
        Assert.Equal(
            [
                ":status: 200", "cache-control: private", "date: Mon, 21 Oct 2013 20:13:22 GMT", "location: https://www.example.com",
                "content-encoding: gzip", "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
            ],
            Decode(decoder, Hex(third)));
        Assert.Equal(215, decoder.TableSize);
    }

    [Fact]
    public void A_block_cut_anywhere_decodes_the_same()
    {
        var block = Hex("8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf");
        string[] expected = [.. FirstRequest, "custom-key: custom-value"];
        for (var at = 0; at <= block.Length; at++)
        {
            var list = new FieldList();
            Assert.Equal(HpackDecodeResult.Complete, new HpackDecoder().Decode(CutSequence.At(block, at), list, 1000));
            Assert.Equal(expected, Lines(list));
        }

        var everywhere = new FieldList();
        Assert.Equal(HpackDecodeResult.Complete, new HpackDecoder().Decode(CutSequence.Everywhere(block), everywhere, 1000));
        Assert.Equal(expected, Lines(everywhere));
    }

    [Fact]
    public void A_block_truncated_inside_a_representation_is_an_error()
    {
        // Field boundaries: a block that ends there is a shorter block, not a broken one.
        int[] boundaries = [0, 1, 2, 3, 17];
        var block = Hex("8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf");
        for (var length = 0; length < block.Length; length++)
        {
            var part = block[..length];
            if (Array.IndexOf(boundaries, length) >= 0)
            {
                Decode(new HpackDecoder(), part);
            }
            else
            {
                Assert.Throws<HpackException>(() => Decode(new HpackDecoder(), part));
            }
        }
    }

    [Theory]
    [InlineData("80", "index")] // index 0
    [InlineData("be", "index")] // 62 while the table is empty
    [InlineData("7f 00 01 61", "index")] // name index 127
    [InlineData("ff ff ff ff 0f", "index")]
    [InlineData("00 01 61", "ends before a string")]
    [InlineData("00 05 61", "ends inside a string")]
    [InlineData("00 7f ff ff ff ff 06 61", "ends inside a string")]
    [InlineData("00 01 61 81 ff", "padded")]
    [InlineData("82 20", "table size update")]
    [InlineData("3f e2 1f", "above SETTINGS_HEADER_TABLE_SIZE")] // 4097
    public void A_malformed_block_is_an_error_that_says_what_is_wrong(string hex, string reason)
    {
        var error = Assert.Throws<HpackException>(() => Decode(new HpackDecoder(), Hex(hex)));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }
}
