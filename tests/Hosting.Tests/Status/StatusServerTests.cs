using System.Net;
using System.Net.Sockets;
using System.Text;
using Engine.Hosting.Status;
using Engine.Testing;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;

namespace Engine.Hosting.Tests.Status;

public sealed class StatusServerTests : IAsyncLifetime
{
    private static readonly Guid Connector = Guid.NewGuid();

    private readonly StatusServer _server;
    private int _ready;

    public StatusServerTests() => _server = new StatusServer(() => new ReadyStatus(_ready, Connector), NullLoggerFactory.Instance, TimeProvider.System);

    public Task InitializeAsync() => _server.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), CancellationToken.None);

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Fact]
    public async Task Ready_counts_the_registered_connections()
    {
        var body = $"{{\"status\":503,\"readyConnections\":0,\"connectorId\":\"{Connector}\"}}";
        Assert.Equal((HttpStatusCode.ServiceUnavailable, body), await GetAsync("/ready"));

        _ready = 4;
        body = $"{{\"status\":200,\"readyConnections\":4,\"connectorId\":\"{Connector}\"}}";
        Assert.Equal((HttpStatusCode.OK, body), await GetAsync("/ready?x=y"));
    }

    [Fact]
    public async Task Healthcheck_is_ok_and_the_rest_is_not_found()
    {
        Assert.Equal((HttpStatusCode.OK, "OK\n"), await GetAsync("/healthcheck"));
        Assert.Equal(HttpStatusCode.NotFound, (await GetAsync("/")).Status);
    }

    [Fact]
    public async Task A_connection_serves_several_requests()
    {
        var answer = await SendAsync("GET /healthcheck HTTP/1.1\r\nHost: a\r\n\r\nHEAD /healthcheck HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        Assert.Equal(3, answer.Split("HTTP/1.1 200 OK\r\n").Length);
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST /ready HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 405 ")]
    [InlineData("nonsense\r\n\r\n", "HTTP/1.1 400 ")]
    [InlineData("GET /ready HTTP/1.1\r\n\r\n", "HTTP/1.1 400 ")]
    public async Task What_it_does_not_serve_is_told_so(string request, string expected)
    {
        Assert.StartsWith(expected, await SendAsync(request, half: true), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_goes_away_or_says_nothing_disturbs_nobody()
    {
        using var silent = new TcpClient();
        await silent.ConnectAsync(_server.EndPoint, Deadline.Token());
        using (var gone = new TcpClient())
        {
            await gone.ConnectAsync(_server.EndPoint, Deadline.Token());
            await gone.GetStream().WriteAsync("GET /rea"u8.ToArray(), Deadline.Token());
        }

        Assert.Equal(HttpStatusCode.OK, (await GetAsync("/healthcheck")).Status);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_an_error_and_the_usual_ports_are_tried_in_turn()
    {
        await using var second = new StatusServer(() => default, NullLoggerFactory.Instance, TimeProvider.System);
        await Assert.ThrowsAsync<AddressInUseException>(() => second.StartAsync(_server.EndPoint, Deadline.Token()));

        await using var third = new StatusServer(() => default, NullLoggerFactory.Instance, TimeProvider.System);
        await using var fourth = new StatusServer(() => default, NullLoggerFactory.Instance, TimeProvider.System);
        await third.StartAsync(null, Deadline.Token());
        await fourth.StartAsync(null, Deadline.Token());
        Assert.NotEqual(third.EndPoint, fourth.EndPoint);
    }

    private async Task<(HttpStatusCode Status, string Body)> GetAsync(string target)
    {
        using var client = new HttpClient();
        using var answer = await client.GetAsync($"http://{_server.EndPoint}{target}", Deadline.Token());
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Deadline.Token()));
    }

    private async Task<string> SendAsync(string request, bool half = false)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(_server.EndPoint, Deadline.Token());
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request), Deadline.Token());
        if (half)
        {
            client.Client.Shutdown(SocketShutdown.Send);
        }

        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync(Deadline.Token());
    }
}
