using System.Text;
using Engine.Http2.Hpack;

namespace Engine.Tests.Http2.Hpack;

public class HuffmanTests
{
    [Theory]
    [InlineData("www.example.com", "F1E3C2E5F23A6BA0AB90F4FF")] // RFC 7541 C.4.1
    [InlineData("no-cache", "A8EB10649CBF")] // C.4.2
    [InlineData("Mon, 21 Oct 2013 20:13:21 GMT", "D07ABE941054D444A8200595040B8166E082A62D1BFF")] // C.6.1
    [InlineData("", "")]
    public void A_string_has_the_code_of_the_rfc(string text, string hex)
    {
        Assert.Equal(hex, Convert.ToHexString(Encode(Encoding.ASCII.GetBytes(text))));
        Assert.Equal(text, Encoding.ASCII.GetString(Decode(Convert.FromHexString(hex))));
    }

    [Theory] // one symbol of each region of Appendix B
    [InlineData(0, 0x1ff8u, 13)]
    [InlineData(1, 0x7fffd8u, 23)]
    [InlineData(9, 0xffffeau, 24)]
    [InlineData(10, 0x3ffffffcu, 30)]
    [InlineData(32, 0x14u, 6)]
    [InlineData(48, 0x0u, 5)]
    [InlineData(92, 0x7fff0u, 19)]
    [InlineData(122, 0x7bu, 7)]
    [InlineData(128, 0xfffe6u, 20)]
    [InlineData(255, 0x3ffffeeu, 26)]
    [InlineData(256, 0x3fffffffu, 30)]
    public void A_symbol_has_the_code_of_the_rfc(int symbol, uint code, int length)
    {
        Assert.Equal(code, HuffmanCode.Codes[symbol]);
        Assert.Equal(length, HuffmanCode.Lengths[symbol]);
    }

    [Fact]
    public void The_code_is_complete()
    {
        var sum = 0.0;
        foreach (var length in HuffmanCode.Lengths)
        {
            sum += Math.Pow(2, -length);
        }

        Assert.Equal(1.0, sum);
    }

    [Fact]
    public void Every_pair_of_octets_survives_a_round_trip()
    {
        var pair = new byte[2];
        for (var value = 0; value < 0x10000; value++)
        {
            pair[0] = (byte)(value >> 8);
            pair[1] = (byte)value;
            Assert.Equal(pair, Decode(Encode(pair)));
        }
    }

    [Fact]
    public void Random_strings_survive_a_round_trip()
    {
        var random = new Random(7541);
        for (var round = 0; round < 2000; round++)
        {
            var octets = new byte[random.Next(200)];
            random.NextBytes(octets);
            Assert.Equal(octets, Decode(Encode(octets)));
        }
    }

    [Theory]
    [InlineData("00")] // '0' and then three zeros
    [InlineData("F1E3C2E5F23A6BA0AB90F4FE")]
    [InlineData("1C64FF")] // a string, then a whole octet of padding
    [InlineData("FF")]
    [InlineData("FFFF")]
    [InlineData("FFFFFFFC")] // EOS
    [InlineData("FFFFFFFFFF")] // EOS and more
    public void Wrong_padding_and_the_end_of_string_symbol_are_errors(string hex) =>
        Assert.Throws<HpackException>(() => Decode(Convert.FromHexString(hex)));

    [Fact]
    public void Every_string_of_up_to_two_octets_decodes_to_what_codes_back_to_it_or_is_refused()
    {
        for (var value = 0; value < 0x10000; value++)
        {
            byte[] coded = value < 0x100 ? [(byte)value] : [(byte)(value >> 8), (byte)value];
            byte[] decoded;
            try
            {
                decoded = Decode(coded);
            }
            catch (HpackException)
            {
                continue;
            }

            Assert.Equal(coded, Encode(decoded));
        }
    }

    private static byte[] Encode(ReadOnlySpan<byte> octets)
    {
        var coded = new byte[Huffman.EncodedLength(octets)];
        Huffman.Encode(octets, coded);
        return coded;
    }

    private static byte[] Decode(ReadOnlySpan<byte> coded)
    {
        var octets = new byte[Huffman.MaxDecodedLength(coded.Length)];
        return octets[..Huffman.Decode(coded, octets)];
    }
}
