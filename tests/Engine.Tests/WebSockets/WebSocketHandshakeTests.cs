using System.Text;
using Engine.WebSockets;

namespace Engine.Tests.WebSockets;

public sealed class WebSocketHandshakeTests
{
    [Fact]
    public void The_accept_key_is_that_of_RFC_6455()
    {
        Span<byte> accept = stackalloc byte[WebSocketHandshake.AcceptLength];
        Assert.Equal(28, WebSocketHandshake.WriteAccept("dGhlIHNhbXBsZSBub25jZQ=="u8, accept));
        Assert.Equal("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", Encoding.ASCII.GetString(accept));
        Assert.True(WebSocketHandshake.IsAcceptFor("dGhlIHNhbXBsZSBub25jZQ=="u8, accept));
        Assert.False(WebSocketHandshake.IsAcceptFor("dGhlIHNhbXBsZSBub25jZR=="u8, accept));
        Assert.False(WebSocketHandshake.IsAcceptFor("dGhlIHNhbXBsZSBub25jZQ=="u8, accept[..27]));
    }

    [Theory]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ==", true)]
    [InlineData("", false)]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ=", false)]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ===", false)]
    [InlineData("dGhlIHNhbXBsZSBub25jZQAA", false)]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ!!", false)]
    public void A_key_is_sixteen_octets_in_base64(string key, bool valid)
        => Assert.Equal(valid, WebSocketHandshake.IsValidKey(Encoding.ASCII.GetBytes(key)));

    [Fact]
    public void New_keys_are_valid_and_new()
    {
        var first = new byte[24];
        var second = new byte[24];
        WebSocketHandshake.WriteNewKey(first);
        WebSocketHandshake.WriteNewKey(second);
        Assert.True(WebSocketHandshake.IsValidKey(first));
        Assert.NotEqual(first, second);
    }

    [Fact]
    public void Keys_and_destinations_of_the_wrong_size_are_refused()
    {
        Assert.Throws<ArgumentException>(() => WebSocketHandshake.WriteAccept(new byte[257], new byte[28]));
        Assert.Throws<ArgumentException>(() => WebSocketHandshake.WriteAccept(new byte[24], new byte[27]));
        Assert.False(WebSocketHandshake.IsAcceptFor(new byte[257], new byte[28]));
    }
}
