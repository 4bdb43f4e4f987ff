using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Engine.EndToEnd.Harness;
using Engine.Testing;

namespace Engine.EndToEnd;

[Collection(TunnelTests.Name)]
public sealed class WebSocketTests(TunnelFixture tunnel)
{
    [Theory]
    [InlineData("1.1", false)]
    [InlineData("1.1", true)]
    [InlineData("2.0", false)]
    [InlineData("2.0", true)]
    public async Task Messages_of_every_size_are_echoed(string version, bool overTls)
    {
        using var socket = await ConnectAsync(version, overTls);
        foreach (var size in new[] { 0, 1, 125, 126, 16_384, 65_535, 65_536, 1 << 20 })
        {
            var message = RandomNumberGenerator.GetBytes(size);
            await socket.SendAsync(message, WebSocketMessageType.Binary, true, Deadline.Token());

            Assert.Equal(message, await ReceiveAsync(socket));
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", Deadline.Token());
        Assert.Equal(WebSocketState.Closed, socket.State);
    }

    [Fact]
    public async Task A_subprotocol_and_compression_are_negotiated_with_the_origin()
    {
        using var socket = await ConnectAsync("1.1", overTls: false, options =>
        {
            options.AddSubProtocol("unheard-of");
            options.AddSubProtocol("echo");
            options.DangerousDeflateOptions = new WebSocketDeflateOptions();
            options.CollectHttpResponseDetails = true;
        });

        Assert.Equal("echo", socket.SubProtocol);
        Assert.Contains("permessage-deflate", string.Join(",", socket.HttpResponseHeaders!["Sec-WebSocket-Extensions"]));
        var text = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("again and ", 10_000)));
        await socket.SendAsync(text, WebSocketMessageType.Text, true, Deadline.Token());
        Assert.Equal(text, await ReceiveAsync(socket));
    }

    [Fact]
    public async Task The_origins_close_reaches_the_visitor_with_code_and_reason()
    {
        using var socket = await ConnectAsync("1.1", overTls: false);
        await socket.SendAsync("close please"u8.ToArray(), WebSocketMessageType.Text, true, Deadline.Token());
        var last = await socket.ReceiveAsync(new byte[16], Deadline.Token());

        Assert.Equal(WebSocketMessageType.Close, last.MessageType);
        Assert.Equal((4001, "as you wish"), ((int)socket.CloseStatus!, socket.CloseStatusDescription));
    }

    [Fact]
    public async Task Many_sockets_talk_at_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 50).Select(async index =>
        {
            using var socket = await ConnectAsync(index % 2 == 0 ? "1.1" : "2.0", overTls: false);
            for (var round = 0; round < 20; round++)
            {
                var message = Encoding.UTF8.GetBytes($"socket {index}, round {round}");
                await socket.SendAsync(message, WebSocketMessageType.Text, true, Deadline.Token());
                Assert.Equal(message, await ReceiveAsync(socket));
            }
        })).Within(Deadline.Bulk);
    }

    [Fact]
    public async Task An_origin_that_refuses_the_upgrade_answers_the_visitor_itself()
    {
        var answer = await RawVisitor.AskAsync(tunnel.Port, """
            GET /hello HTTP/1.1
            Host: node.test
            Connection: Upgrade, close
            Upgrade: websocket
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
            Sec-WebSocket-Version: 13


            """.ReplaceLineEndings("\r\n"));

        Assert.StartsWith("HTTP/1.1 200 ", answer);
        Assert.EndsWith("hello\n", answer.Replace("\r\n0\r\n\r\n", ""));
    }

    private async Task<ClientWebSocket> ConnectAsync(string version, bool overTls, Action<ClientWebSocketOptions>? options = null)
    {
        var socket = new ClientWebSocket();
        socket.Options.HttpVersion = Version.Parse(version);
        socket.Options.HttpVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        options?.Invoke(socket.Options);
        using var invoker = new HttpMessageInvoker(Visitor.Handler(overTls ? tunnel.TlsPort : tunnel.Port), disposeHandler: false);
        await socket.ConnectAsync(new Uri($"{(overTls ? "wss" : "ws")}://ws.test/"), invoker, Deadline.Token());
        return socket;
    }

    private static async Task<byte[]> ReceiveAsync(ClientWebSocket socket)
    {
        var buffer = new byte[1 << 16];
        using var message = new MemoryStream();
        while (true)
        {
            var piece = await socket.ReceiveAsync(buffer, Deadline.Token());
            Assert.NotEqual(WebSocketMessageType.Close, piece.MessageType);
            message.Write(buffer, 0, piece.Count);
            if (piece.EndOfMessage)
            {
                return message.ToArray();
            }
        }
    }
}
