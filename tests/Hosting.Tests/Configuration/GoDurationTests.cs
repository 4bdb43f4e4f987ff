using Engine.Hosting.Configuration;

namespace Engine.Hosting.Tests.Configuration;

public class GoDurationTests
{
    [Theory]
    [InlineData("30s", 30_000)]
    [InlineData("1m30s", 90_000)]
    [InlineData("1.5h", 5_400_000)]
    [InlineData("250ms", 250)]
    [InlineData("1h2m3s4ms", 3_723_004)]
    [InlineData("0", 0)]
    [InlineData("0s", 0)]
    [InlineData("+5s", 5_000)]
    [InlineData("-5s", -5_000)]
    [InlineData(".5s", 500)]
    [InlineData("1.s", 1_000)]
    [InlineData("2000us", 2)]
    [InlineData("2000\u00B5s", 2)]
    [InlineData("2000000ns", 2)]
    public void A_duration_is_numbers_with_units(string text, double milliseconds)
    {
        Assert.True(GoDuration.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), duration);
    }

    [Theory]
    [InlineData("")]
    [InlineData("30")]
    [InlineData("s")]
    [InlineData("30 s")]
    [InlineData("1d")]
    [InlineData("1.2.3s")]
    [InlineData("--5s")]
    [InlineData("-")]
    [InlineData("5s ")]
    [InlineData(".s")]
    [InlineData("99999999999999999h")]
    [InlineData("999999999999999999999999999999999s")]
    public void Anything_else_is_none(string text) => Assert.False(GoDuration.TryParse(text, out _));

    [Theory]
    [InlineData("30s")]
    [InlineData("3m")]
    [InlineData("1m30s")]
    [InlineData("1h0.5s")]
    [InlineData("-2m")]
    [InlineData("0s")]
    public void What_is_written_is_read_back(string text)
    {
        Assert.True(GoDuration.TryParse(text, out var duration));
        Assert.Equal(text, GoDuration.Format(duration));
    }
}
