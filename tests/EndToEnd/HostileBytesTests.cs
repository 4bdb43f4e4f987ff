using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Engine.EndToEnd.Harness;
using Engine.Testing;

namespace Engine.EndToEnd;

/// <summary>Garbage, half a message, or nothing at all: closed in time, and nobody else notices.</summary>
[Collection(TunnelTests.Name)]
public sealed class HostileBytesTests(TunnelFixture tunnel)
{
    /// <summary>The longest that either port waits for a sign of life, and some seconds for a busy machine.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(45);

    [Theory]
    [InlineData("\u0000\u0001\u0002\u0003 what is this \u00FF\u00FE\r\n\r\n")]
    [InlineData("GET / HTTP/1.1\nHost: node.test\n\n")]
    [InlineData("POST /echo HTTP/1.1\r\nHost: node.test\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")]
    [InlineData("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\u0000\u0000\u0001\u0000\u0000\u0000\u0000\u0000\u0000x")]
    public async Task Garbage_on_the_visitors_port_is_refused(string garbage)
    {
        using var visitor = await RawVisitor.ConnectAsync(tunnel.Port);
        await visitor.SendAsync(garbage);
        var answer = await visitor.ReadToEndAsync();

        Assert.DoesNotContain("HTTP/1.1 200", answer);
        await OthersAreServedAsync();
    }

    [Fact]
    public async Task Silence_and_half_a_message_are_closed_in_time_on_every_port()
    {
        var halves = new (int Port, string Text)[]
        {
            (tunnel.Port, ""),
            (tunnel.Port, "GET / HT"),
            (tunnel.Port, "GET / HTTP/1.1\r\nHost: node.te"),
            (tunnel.Port, "PRI * HTTP/2.0\r\n\r\nSM\r\n"),
            (tunnel.TlsPort, ""),
            (tunnel.TlsPort, "\u0016\u0003\u0001\u0002\u0000\u0001"),
            (tunnel.TunnelPort, ""),
            (tunnel.TunnelPort, "\u0016\u0003\u0001\u0002\u0000\u0001"),
            (tunnel.TunnelPort, "GET / HTTP/1.1\r\n\r\n"),
        };
        var closed = halves.Select(async half =>
        {
            using var visitor = await RawVisitor.ConnectAsync(half.Port);
            await visitor.SendAsync(half.Text);
            await visitor.ReadToEndAsync(Patience);
        });

        await Task.WhenAll(closed).Within(Patience);
        await OthersAreServedAsync();
    }

    [Fact]
    public async Task A_connector_that_does_not_register_is_closed_in_time()
    {
        string[] beginnings = ["", "garbage that is no HTTP/2 at all, and goes on for longer than any preface would", "\u0000\u0000\u0012\u0004\u0000\u0000\u0000\u0000"];
        await Task.WhenAll(beginnings.Select(PretendToBeAConnectorAsync)).Within(Patience);

        await OthersAreServedAsync();
    }

    private async Task PretendToBeAConnectorAsync(string text)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, tunnel.TunnelPort).Within();
        await using var tls = new SslStream(socket.GetStream(), false, (_, _, _, _) => true);
        await tls.AuthenticateAsClientAsync("h2.cftunnel.com").Within();
        await tls.WriteAsync(System.Text.Encoding.Latin1.GetBytes(text), Deadline.Token());
        var buffer = new byte[4096];
        try
        {
            while (await tls.ReadAsync(buffer, Deadline.Token(Patience)) > 0)
            {
            }
        }
        catch (IOException)
        {
            // A reset is an end too.
        }
    }

    private async Task OthersAreServedAsync()
    {
        using var client = Visitor.Http1(tunnel.Port);
        Assert.Equal("hello\n", await client.GetStringAsync("http://node.test/hello", Deadline.Token()));
    }
}
