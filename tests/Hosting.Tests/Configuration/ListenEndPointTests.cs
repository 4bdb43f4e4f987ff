using Engine.Hosting.Configuration;

namespace Engine.Hosting.Tests.Configuration;

public class ListenEndPointTests
{
    [Theory]
    [InlineData("127.0.0.1:80", "127.0.0.1:80")]
    [InlineData("localhost:0", "127.0.0.1:0")]
    [InlineData("[::1]:8080", "[::1]:8080")]
    [InlineData(":8080", "[::]:8080")]
    [InlineData("*:8080", "[::]:8080")]
    [InlineData("0.0.0.0:1", "0.0.0.0:1")]
    public void An_address_and_a_port(string text, string expected)
    {
        Assert.True(ListenEndPoint.TryParse(text, defaultPort: null, out var endPoint));
        Assert.Equal(expected, endPoint.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("example.com:80")]
    [InlineData("127.0.0.1:65536")]
    [InlineData("127.0.0.1:x")]
    [InlineData("127.0.0.1:")]
    [InlineData("::1")]
    public void Anything_else_is_refused(string text) => Assert.False(ListenEndPoint.TryParse(text, defaultPort: null, out _));

    [Theory]
    [InlineData("0.0.0.0", "0.0.0.0:7844")]
    [InlineData("::1", "[::1]:7844")]
    [InlineData("[::1]", "[::1]:7844")]
    public void A_default_port_is_added(string text, string expected)
    {
        Assert.True(ListenEndPoint.TryParse(text, 7844, out var endPoint));
        Assert.Equal(expected, endPoint.ToString());
    }
}
