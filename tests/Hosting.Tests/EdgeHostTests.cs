using System.Net;
using Engine.Edge;
using Engine.Hosting.Configuration;
using Engine.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Engine.Hosting.Tests;

public sealed class EdgeHostTests
{
    [Fact]
    public async Task An_edge_runs_until_it_is_told_to_stop()
    {
        using var stop = new CancellationTokenSource();
        await using var host = new EdgeHost(Settings(0), NullLoggerFactory.Instance);
        await host.StartAsync(Deadline.Token());
        var running = host.RunAsync(stop.Token);

        Assert.NotNull(host.TunnelEndPoint);
        Assert.False(running.IsCompleted);
        await stop.CancelAsync();
        await running.WaitAsync(Deadline.Token());
    }

    [Fact]
    public async Task A_port_that_is_taken_is_one_line_with_the_remedy()
    {
        await using var first = new EdgeHost(Settings(0), NullLoggerFactory.Instance);
        await first.StartAsync(Deadline.Token());
        await using var second = new EdgeHost(Settings(((IPEndPoint)first.PublicEndPoints[0]).Port), NullLoggerFactory.Instance);

        var refusal = await Assert.ThrowsAsync<HostStartException>(() => second.StartAsync(Deadline.Token()));
        Assert.Contains("'listen'", Assert.Single(refusal.Faults), StringComparison.Ordinal);
    }

    private static EdgeSettings Settings(int port)
    {
        var options = new EdgeOptions { TunnelEndPoint = new IPEndPoint(IPAddress.Loopback, 0) };
        options.PublicListeners.Add(new EdgeListener(new IPEndPoint(IPAddress.Loopback, port)));
        var id = Guid.NewGuid();
        options.Tunnels.Add(new EdgeTunnel(id, "account", new byte[32]));
        options.Routes.Add(new EdgeRoute("*", id));
        return new EdgeSettings(options, TimeSpan.FromSeconds(5));
    }
}
