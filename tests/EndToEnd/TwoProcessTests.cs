using System.Diagnostics;
using System.Net;
using Engine.EndToEnd.Harness;
using Engine.EndToEnd.Origins;
using Engine.Testing;
using Engine.Testing.Programs;

namespace Engine.EndToEnd;

/// <summary>The lives of the two processes, over real TLS.</summary>
public sealed class TwoProcessTests : IAsyncLifetime
{
    private readonly Identity _identity = Identity.Create();
    private readonly EdgeProcess _edge;
    private ScriptOrigin _node = null!;
    private ConnectorProcess _connector = null!;

    public TwoProcessTests() => _edge = new EdgeProcess(_identity, "app.test");

    public async Task InitializeAsync()
    {
        _node = await ScriptOrigin.StartNodeAsync();
        await _edge.StartAsync();
        _connector = new ConnectorProcess(_identity, _edge.TunnelPort, _edge.CaFile, $"  - service: http://127.0.0.1:{_node.Port}");
    }

    public async Task DisposeAsync()
    {
        await _connector.DisposeAsync();
        await _edge.DisposeAsync();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task A_route_without_connector_is_answered_at_once_and_says_so()
    {
        await AssertNoConnectorAsync();
    }

    [Fact]
    public async Task A_stopped_connector_leaves_the_no_connector_page_at_once()
    {
        await _connector.StartAsync(connections: 4);
        Assert.Equal("hello\n", await GetAsync("/hello"));
        var end = await _connector.Run.StopAsync();

        Assert.Equal(0, end.ExitCode);
        await AssertNoConnectorAsync();
    }

    [Fact]
    public async Task A_killed_connector_leaves_the_no_connector_page_at_once()
    {
        await _connector.StartAsync(connections: 4);
        _connector.Run.Send(Signal.Kill);
        await _connector.Run.WaitForExitAsync();

        await Eventually.IsTrueAsync(async () => await StatusAsync() == NoConnector, "the edge knows", TimeSpan.FromSeconds(2));
        await AssertNoConnectorAsync();
    }

    [Fact]
    public async Task A_restarted_edge_has_its_connector_back_within_two_seconds()
    {
        await _connector.StartAsync(connections: 4);
        await _edge.CrashAsync();
        await Eventually.IsTrueAsync(async () => await _connector.ReadyConnectionsAsync() == 0, "the connector has noticed");
        await _edge.StartAsync();
        await _connector.WaitUntilReadyAsync(connections: 1, TimeSpan.FromSeconds(2));

        Assert.Equal("hello\n", await GetAsync("/hello"));
        await _connector.WaitUntilReadyAsync(connections: 4);
    }

    [Fact]
    public async Task A_connector_that_is_told_to_stop_finishes_what_runs()
    {
        await _connector.StartAsync(connections: 2);
        using var client = Visitor.Http1(_edge.VisitorPort);
        await using var body = await client.GetStreamAsync("http://app.test/bulk?mib=64", Deadline.Token());
        var first = new byte[1000];
        await body.ReadExactlyAsync(first, Deadline.Token());
        _connector.Run.Send(Signal.Terminate);
        await Eventually.IsTrueAsync(async () => await StatusAsync() == NoConnector, "the edge sends nothing new");

        var (length, _) = await BulkFile.DigestAsync(body, Deadline.Token());
        Assert.Equal((64L << 20) - first.Length, length);
        Assert.Equal(0, (await _connector.Run.WaitForExitAsync()).ExitCode);
    }

    [Fact]
    public async Task An_edge_that_is_told_to_stop_finishes_what_runs()
    {
        await _connector.StartAsync(connections: 2);
        using var client = Visitor.Http1(_edge.VisitorPort);
        await using var body = await client.GetStreamAsync("http://app.test/bulk?mib=64", Deadline.Token());
        var first = new byte[1000];
        await body.ReadExactlyAsync(first, Deadline.Token());
        _edge.Run.Send(Signal.Terminate);

        var (length, _) = await BulkFile.DigestAsync(body, Deadline.Token());
        Assert.Equal((64L << 20) - first.Length, length);

        // The client keeps its connection, as clients do; that must not hold the edge up.
        Assert.Equal(0, (await _edge.Run.WaitForExitAsync(TimeSpan.FromSeconds(5))).ExitCode);
    }

    [Fact]
    public async Task An_edge_of_another_authority_is_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        var other = Certificates.Write(folder, "other", "h2.cftunnel.com");
        await using var connector = new ConnectorProcess(
            _identity, _edge.TunnelPort, other.CertificateFile, $"  - service: http://127.0.0.1:{_node.Port}");
        connector.Launch();
        await connector.Run.WaitForTextAsync("h2.cftunnel.com");

        Assert.Equal(0, await connector.ReadyConnectionsAsync());
    }

    [Fact]
    public async Task An_edge_with_another_server_name_is_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        var other = Certificates.Write(folder, "other", "somebody.else.example");
        var port = FreePort.Next();
        await using var edge = RealProgram.OpenSsl.Start(
            "s_server", "-accept", $"127.0.0.1:{port}", "-cert", other.CertificateFile, "-key", other.KeyFile, "-quiet");
        await using var connector = new ConnectorProcess(
            _identity, port, other.CertificateFile, $"  - service: http://127.0.0.1:{_node.Port}");
        connector.Launch();
        await connector.Run.WaitForTextAsync("h2.cftunnel.com");

        Assert.Equal(0, await connector.ReadyConnectionsAsync());
    }

    [Fact]
    public async Task A_connector_with_the_wrong_secret_is_refused_and_does_not_hammer()
    {
        await using var stranger = new ConnectorProcess(
            _identity with { Secret = Identity.Create().Secret }, _edge.TunnelPort, _edge.CaFile, $"  - service: http://127.0.0.1:{_node.Port}");
        stranger.Launch();
        await stranger.Run.WaitForTextAsync("Unauthorized");

        Assert.Equal(0, await stranger.ReadyConnectionsAsync());
        Assert.DoesNotContain(_identity.Secret, stranger.Run.ToString());
        await AssertNoConnectorAsync();
    }

    private const HttpStatusCode NoConnector = (HttpStatusCode)530;

    private async Task<string> GetAsync(string target)
    {
        using var client = Visitor.Http1(_edge.VisitorPort);
        return await client.GetStringAsync("http://app.test" + target, Deadline.Token());
    }

    private async Task<HttpStatusCode> StatusAsync()
    {
        using var client = Visitor.Http1(_edge.VisitorPort);
        using var answer = await client.GetAsync("http://app.test/hello", Deadline.Token());
        return answer.StatusCode;
    }

    private async Task AssertNoConnectorAsync()
    {
        // The best of three: the first request of a process pays for its compilation.
        var fastest = TimeSpan.MaxValue;
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var started = Stopwatch.GetTimestamp();
            Assert.Equal(NoConnector, await StatusAsync());
            var took = Stopwatch.GetElapsedTime(started);
            fastest = took < fastest ? took : fastest;
        }

        Assert.InRange(fastest, TimeSpan.Zero, TimeSpan.FromMilliseconds(500));
    }
}
