using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Engine.EndToEnd.Harness;
using Engine.EndToEnd.Origins;
using Engine.EndToEnd.Strangers;
using Engine.Testing;

namespace Engine.EndToEnd;

/// <summary>Our connector at an edge that nobody here's HTTP/2 is in.</summary>
public sealed class StrangersEdgeTests : IAsyncLifetime
{
    private readonly Identity _identity = Identity.Create();
    private IndependentEdge _edge = null!;
    private ScriptOrigin _node = null!;
    private ScriptOrigin _webSocket = null!;
    private ConnectorProcess _connector = null!;

    public async Task InitializeAsync()
    {
        _edge = await IndependentEdge.StartAsync();
        _node = await ScriptOrigin.StartNodeAsync();
        _webSocket = await ScriptOrigin.StartWebSocketAsync();
        _connector = new ConnectorProcess(_identity, _edge.TunnelPort, _edge.CaFile, $"""
              - hostname: ws.test
                service: http://127.0.0.1:{_webSocket.Port}
              - service: http://127.0.0.1:{_node.Port}
            """);
        await _connector.StartAsync(connections: 4);
    }

    public async Task DisposeAsync()
    {
        await _connector.DisposeAsync();
        await _webSocket.DisposeAsync();
        await _node.DisposeAsync();
        await _edge.DisposeAsync();
    }

    [Fact]
    public async Task It_registers_serves_and_takes_its_leave()
    {
        var registrations = _edge.Events("register");
        Assert.Equal([0, 1, 2, 3], registrations.Select(item => item.GetProperty("index").GetInt32()).Order());
        Assert.All(registrations, item => Assert.Equal(
            (_identity.Tunnel.ToString("N"), _identity.Account, _identity.Secret),
            (item.GetProperty("tunnel").GetString(), item.GetProperty("account").GetString(), item.GetProperty("secret").GetString())));
        Assert.All(_edge.Events("accepted"), item => Assert.Equal(
            ("TLSv1.3", "h2.cftunnel.com", JsonValueKind.False),
            (item.GetProperty("protocol").GetString(), item.GetProperty("serverName").GetString(), item.GetProperty("alpn").ValueKind)));
        Assert.Single(_edge.Events("configuration"));

        using var client = Visitor.Http1(_edge.VisitorPort);
        using var answer = await client.GetAsync("http://app.test/hello", Deadline.Token());
        Assert.Equal("hello\n", await answer.Content.ReadAsStringAsync());
        Assert.Equal(["{\"src\":\"origin\"}"], answer.Headers.GetValues("x-meta"));

        Assert.Equal(0, (await _connector.Run.StopAsync()).ExitCode);
        Assert.Equal(4, _edge.Events("unregister").Count);
    }

    [Fact]
    public async Task Bodies_pass_whole_both_ways()
    {
        using var client = Visitor.Http1(_edge.VisitorPort);
        var expected = await client.GetStringAsync("http://app.test/expected?mib=256", Deadline.Token());
        await using var down = await client.GetStreamAsync("http://app.test/bulk?mib=256", Deadline.Token());
        Assert.Equal((256L << 20, expected), await BulkFile.DigestAsync(down, Deadline.Token(Deadline.Bulk)));

        await using var again = await client.GetStreamAsync("http://app.test/bulk?mib=256&chunked", Deadline.Token());
        using var up = new StreamContent(again);
        using var answer = await client.PostAsync("http://app.test/digest", up, Deadline.Token(Deadline.Bulk));
        using var digest = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal(expected, digest.RootElement.GetProperty("hash").GetString());
    }

    [Fact]
    public async Task A_websocket_echoes()
    {
        using var socket = new ClientWebSocket();
        using var invoker = new HttpMessageInvoker(Visitor.Handler(_edge.VisitorPort));
        await socket.ConnectAsync(new Uri("ws://ws.test/"), invoker, Deadline.Token());
        var buffer = new byte[1000];
        foreach (var text in new[] { "one", "two", "three" })
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, true, Deadline.Token());
            var message = await socket.ReceiveAsync(buffer, Deadline.Token());
            Assert.Equal(text, Encoding.UTF8.GetString(buffer, 0, message.Count));
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Deadline.Token());
        Assert.Equal(WebSocketState.Closed, socket.State);
    }
}
