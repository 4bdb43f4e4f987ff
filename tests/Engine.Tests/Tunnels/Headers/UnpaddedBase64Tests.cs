using System.Text;
using Engine.Tunnels.Headers;

namespace Engine.Tests.Tunnels.Headers;

public class UnpaddedBase64Tests
{
    [Fact]
    public void Every_length_encodes_as_the_framework_does_without_the_padding_and_decodes_back()
    {
        var random = new Random(64);
        for (var length = 0; length < 300; length++)
        {
            var octets = new byte[length];
            random.NextBytes(octets);
            var encoded = new byte[UnpaddedBase64.EncodedLength(length)];
            Assert.True(UnpaddedBase64.Encode(octets, encoded).IsEmpty);
            Assert.Equal(Convert.ToBase64String(octets).TrimEnd('='), Encoding.ASCII.GetString(encoded));

            var decoded = new byte[UnpaddedBase64.DecodedLength(encoded.Length)];
            Assert.True(UnpaddedBase64.TryDecode(encoded, decoded));
            Assert.Equal(octets, decoded);
        }
    }

    [Fact]
    public void Any_octet_that_is_no_digit_is_refused_at_any_place()
    {
        for (var octet = 0; octet < 256; octet++)
        {
            var isDigit = char.IsAsciiLetterOrDigit((char)octet) || octet is '+' or '/';
            for (var place = 0; place < 7; place++)
            {
                var digits = "QUFBQUE"u8.ToArray();
                digits[place] = (byte)octet;
                Assert.Equal(isDigit, UnpaddedBase64.TryDecode(digits, new byte[5]));
            }
        }
    }
}
