using System.Net;
using Engine.Testing;
using Engine.Testing.Programs;

namespace Engine.EndToEnd.Harness;

/// <summary>A connector in a process of its own: ours, or the one whose path <c>ENGINE_CONNECTOR</c> holds.</summary>
/// <remarks>The original takes the same file and the same words, so that every test can be run against it.</remarks>
internal sealed class ConnectorProcess : IAsyncDisposable
{
    private static readonly string? Stranger = Environment.GetEnvironmentVariable("ENGINE_CONNECTOR");

    private readonly TemporaryFolder _folder = new();
    private readonly HttpClient _client = new();
    private ProgramRun? _run;

    /// <summary>Writes the configuration; <paramref name="ingress"/> is the list of rules, and <paramref name="more"/> further keys.</summary>
    public ConnectorProcess(Identity identity, int edgePort, string caFile, string ingress, string more = "")
    {
        _folder.Write("credentials.json", identity.Json);
        Configuration = _folder.Write("ingress.yaml", $"""
            tunnel: {identity.Tunnel}
            credentials-file: {_folder["credentials.json"]}
            edge: [{EdgeAddresses(edgePort)}]
            cacert: {caFile}
            metrics: "127.0.0.1:{MetricsPort}"
            protocol: http2
            no-autoupdate: true
            no-prechecks: true
            {more}
            ingress:
            {ingress}
            """);
    }

    public string Configuration { get; }

    public int MetricsPort { get; } = FreePort.Next();

    public ProgramRun Run => _run ?? throw new InvalidOperationException("The connector was not started.");

    public void Launch() => _run = ProgramRun.Start(Stranger ?? EngineProgram.Executable, ["tunnel", "--config", Configuration, "run"]);

    // The original holds no more connections than it was given addresses, equal ones included.
    private static string EdgeAddresses(int port) =>
        string.Join(", ", Enumerable.Repeat($"\"127.0.0.1:{port}\"", Stranger is null ? 1 : 4));

    /// <summary>Starts, and waits until <c>/ready</c> says that <paramref name="connections"/> are registered.</summary>
    public async Task StartAsync(int connections = 1)
    {
        Launch();
        await WaitUntilReadyAsync(connections);
    }

    public Task WaitUntilReadyAsync(int connections = 1, TimeSpan? limit = null) => Eventually.IsTrueAsync(
        async () => Run.HasExited
            ? throw new InvalidOperationException($"The connector ended: {Run}")
            : await ReadyConnectionsAsync() >= connections,
        $"the connector is ready. {Run}",
        limit);

    /// <summary>How many connections <c>/ready</c> counts; -1 while nothing answers.</summary>
    public async Task<int> ReadyConnectionsAsync()
    {
        try
        {
            using var answer = await _client.GetAsync($"http://127.0.0.1:{MetricsPort}/ready", Deadline.Token());
            var body = await answer.Content.ReadAsStringAsync();
            using var json = System.Text.Json.JsonDocument.Parse(body);
            var count = json.RootElement.GetProperty("readyConnections").GetInt32();
            Assert.Equal(count > 0 ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            return count;
        }
        catch (HttpRequestException)
        {
            return -1;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_run is not null)
        {
            await _run.DisposeAsync();
        }

        _client.Dispose();
        _folder.Dispose();
    }
}
