using Engine.Http2.Hpack;

namespace Engine.Tests.Http2.Hpack;

public class HpackIntegerTests
{
    [Theory]
    [InlineData(10, 5, "0A")] // RFC 7541 C.1.1
    [InlineData(1337, 5, "1F9A0A")] // C.1.2
    [InlineData(42, 8, "2A")] // C.1.3
    [InlineData(30, 5, "1E")]
    [InlineData(31, 5, "1F00")]
    [InlineData(0, 7, "00")]
    [InlineData(127, 7, "7F00")]
    [InlineData(254, 7, "7F7F")]
    [InlineData(255, 7, "7F8001")]
    [InlineData(int.MaxValue, 4, "0FF0FFFFFF07")]
    public void An_integer_has_the_octets_of_the_rfc(int value, int prefixBits, string hex)
    {
        var buffer = new byte[HpackInteger.MaxSize];
        var length = HpackInteger.Write(buffer, prefixBits, 0, value);
        Assert.Equal(hex, Convert.ToHexString(buffer, 0, length));

        ReadOnlySpan<byte> source = [.. buffer.AsSpan(0, length), 0xAA];
        Assert.Equal(value, HpackInteger.Read(ref source, prefixBits));
        Assert.Equal(1, source.Length);
    }

    [Fact]
    public void Bits_above_the_prefix_are_kept_on_writing_and_ignored_on_reading()
    {
        var buffer = new byte[HpackInteger.MaxSize];
        Assert.Equal(1, HpackInteger.Write(buffer, 5, 0xE0, 3));
        Assert.Equal(0xE3, buffer[0]);
        ReadOnlySpan<byte> source = buffer;
        Assert.Equal(3, HpackInteger.Read(ref source, 5));
    }

    [Theory]
    [InlineData("1F")]
    [InlineData("1F80")]
    [InlineData("1F9A")]
    [InlineData("1FFFFFFFFF")]
    public void A_truncated_integer_is_an_error(string hex) => AssertThrows(hex, "ends inside");

    [Theory]
    [InlineData("1FE1FFFFFF07")] // 2^31
    [InlineData("1FFFFFFFFF7F")]
    [InlineData("1F808080808000")] // zeros for ever
    [InlineData("1FFFFFFFFFFFFFFFFFFF01")]
    public void An_integer_that_is_too_large_or_too_long_is_an_error(string hex) => AssertThrows(hex, "larger than");

    [Fact]
    public void Every_value_near_a_boundary_survives_a_round_trip()
    {
        var buffer = new byte[HpackInteger.MaxSize];
        for (var prefixBits = 4; prefixBits <= 7; prefixBits++)
        {
            for (var bit = 0; bit < 31; bit++)
            {
                for (var delta = -2; delta <= 40; delta++)
                {
                    var value = (int)Math.Clamp((1L << bit) + delta, 0, int.MaxValue);
                    ReadOnlySpan<byte> source = buffer.AsSpan(0, HpackInteger.Write(buffer, prefixBits, 0, value));
                    Assert.Equal(value, HpackInteger.Read(ref source, prefixBits));
                    Assert.True(source.IsEmpty);
                }
            }
        }
    }

    private static void AssertThrows(string hex, string reason)
    {
        var error = Assert.Throws<HpackException>(() =>
        {
            ReadOnlySpan<byte> source = Convert.FromHexString(hex);
            HpackInteger.Read(ref source, 5);
        });
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }
}
