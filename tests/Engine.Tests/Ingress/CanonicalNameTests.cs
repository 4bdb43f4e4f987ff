using System.Text;
using Engine.Ingress;

namespace Engine.Tests.Ingress;

public class CanonicalNameTests
{
    [Theory]
    [InlineData("example.com", "example.com")]
    [InlineData("EXAMPLE.Com", "example.com")]
    [InlineData("example.com.", "example.com")]
    [InlineData("example.com:8080", "example.com")]
    [InlineData("Example.COM.:443", "example.com")]
    [InlineData("example.com:", "example.com")]
    [InlineData("hello.localhost:8080", "hello.localhost")]
    [InlineData("_acme.example.com", "_acme.example.com")]
    [InlineData("127.0.0.1:80", "127.0.0.1")]
    [InlineData("[::1]", "[::1]")]
    [InlineData("[2001:DB8::A]:443", "[2001:db8::a]")]
    [InlineData("bücher.example", "xn--bcher-kva.example")]
    [InlineData("BÜCHER.example:80", "xn--bcher-kva.example")]
    [InlineData("XN--bcher-kva.example", "xn--bcher-kva.example")]
    [InlineData("", "")]
    public void A_name_has_one_spelling(string authority, string expected)
    {
        Span<byte> buffer = stackalloc byte[CanonicalName.MaxLength];

        Assert.True(CanonicalName.TryWrite(Encoding.UTF8.GetBytes(authority), buffer, out var length));
        Assert.Equal(expected, Encoding.ASCII.GetString(buffer[..length]));
    }

    [Theory]
    [InlineData("user@example.com")]
    [InlineData("a b")]
    [InlineData("a\tb")]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData(".")]
    [InlineData("a..")]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("a%2eb")]
    [InlineData("a,b")]
    [InlineData("a:b")]
    [InlineData("a:80:80")]
    [InlineData("a:123456")]
    [InlineData(":80")]
    [InlineData("[::1")]
    [InlineData("[::1]x")]
    [InlineData("[]")]
    [InlineData("[v1.a]")]
    [InlineData("::1")]
    public void What_two_readers_could_read_differently_has_none(string authority)
    {
        Assert.False(CanonicalName.TryWrite(Encoding.UTF8.GetBytes(authority), new byte[CanonicalName.MaxLength], out _));
    }

    [Fact]
    public void Broken_utf8_has_none() =>
        Assert.False(CanonicalName.TryWrite([(byte)'a', 0xC3, (byte)'.', (byte)'b'], new byte[CanonicalName.MaxLength], out _));

    [Theory]
    [InlineData(253, true)]
    [InlineData(254, false)]
    public void A_name_ends_at_253_octets(int length, bool accepted)
    {
        var name = new string('a', length);

        Assert.Equal(accepted, CanonicalName.TryWrite(Encoding.ASCII.GetBytes(name), new byte[CanonicalName.MaxLength], out _));
        Assert.False(CanonicalName.TryWrite(Encoding.UTF8.GetBytes(new string('ü', length)), new byte[CanonicalName.MaxLength], out _));
    }

    [Fact]
    public void Text_with_a_port_is_no_name()
    {
        Assert.Null(CanonicalName.FromText("example.com:80"));
        Assert.Null(CanonicalName.FromText(""));
        Assert.Equal("example.com", CanonicalName.FromText("Example.com."));
    }
}
