using System.Net;
using Engine.Hosting.Configuration;
using Engine.Ingress;
using Engine.Testing;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Engine.Hosting.Tests;

public sealed class ConnectorHostTests
{
    [Fact]
    public async Task A_connector_with_its_edge_in_the_same_process_serves_its_rules_and_stops_when_told()
    {
        using var stop = new CancellationTokenSource();
        await using var host = new ConnectorHost(Settings(0), "1.2.3", NullLoggerFactory.Instance);
        await host.StartAsync(Deadline.Token());
        var running = host.RunAsync(stop.Token);

        Assert.Equal(
            [
                new PublicAddress($"http://hello.localhost:{host.VisitorEndPoint!.Port}/", "hello_world"),
                new PublicAddress($"http://localhost:{host.VisitorEndPoint.Port}/", "http_status:404", "every other name"),
            ],
            host.Addresses);
        await ReadyAsync(host.StatusEndPoint);
        Assert.Equal(HttpStatusCode.OK, await GetAsync(host.VisitorEndPoint, "hello.localhost"));
        Assert.Equal(HttpStatusCode.NotFound, await GetAsync(host.VisitorEndPoint, "other.localhost"));

        await stop.CancelAsync();
        await running.WaitAsync(Deadline.Token());
    }

    [Fact]
    public async Task A_visitor_who_comes_before_the_connector_has_registered_waits_for_it()
    {
        using var stop = new CancellationTokenSource();
        await using var host = new ConnectorHost(Settings(0), "1.2.3", NullLoggerFactory.Instance);
        await host.StartAsync(Deadline.Token());

        var early = GetAsync(host.VisitorEndPoint!, "hello.localhost");
        var running = host.RunAsync(stop.Token);

        Assert.Equal(HttpStatusCode.OK, await early);
        await stop.CancelAsync();
        await running.WaitAsync(Deadline.Token());
    }

    [Fact]
    public async Task A_generic_host_runs_it()
    {
        var port = FreePort.Next();
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddConnector(Settings(port));
        using var host = builder.Build();
        await host.StartAsync(Deadline.Token());

        var endPoint = new IPEndPoint(IPAddress.Loopback, port);
        await Eventually.IsTrueAsync(async () => await GetAsync(endPoint, "hello.localhost") == HttpStatusCode.OK, "the page is served");
        await host.StopAsync(Deadline.Token());
        await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(endPoint, "hello.localhost"));
    }

    [Fact]
    public async Task A_rule_that_leads_to_the_status_server_is_refused()
    {
        var port = FreePort.Next();
        await using var host = new ConnectorHost(
            Settings(0, $"http://127.0.0.1:{port}") with { Metrics = new IPEndPoint(IPAddress.Loopback, port) },
            "1.2.3",
            NullLoggerFactory.Instance);

        var refusal = await Assert.ThrowsAsync<HostStartException>(() => host.StartAsync(Deadline.Token()));
        Assert.Contains("is the metrics address of this program itself", Assert.Single(refusal.Faults), StringComparison.Ordinal);
    }

    private static ConnectorSettings Settings(int port, string service = "hello_world")
    {
        IngressRuleDefinition[] definitions = [new() { Hostname = "hello.localhost", Service = service }, new() { Service = "http_status:404" }];
        Assert.True(IngressRules.TryCreate(definitions, out var rules, out _));
        return new ConnectorSettings { Rules = rules, HttpPort = port, Connections = 2, Metrics = new IPEndPoint(IPAddress.Loopback, 0), GracePeriod = TimeSpan.FromSeconds(5) };
    }

    private static Task ReadyAsync(IPEndPoint status) => Eventually.IsTrueAsync(
        async () =>
        {
            using var client = new HttpClient();
            using var answer = await client.GetAsync($"http://{status}/ready", Deadline.Token());
            return answer.IsSuccessStatusCode;
        },
        "the connector is ready");

    private static async Task<HttpStatusCode> GetAsync(IPEndPoint endPoint, string host)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{endPoint}/");
        request.Headers.Host = host;
        using var answer = await client.SendAsync(request, Deadline.Token());
        return answer.StatusCode;
    }
}
