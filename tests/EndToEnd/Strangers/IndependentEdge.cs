using System.Text.Json;
using Engine.EndToEnd.Harness;
using Engine.Testing;
using Engine.Testing.Programs;

namespace Engine.EndToEnd.Strangers;

/// <summary>An edge on Node's HTTP/2 that shares no code with ours: independent-edge.mjs.</summary>
internal sealed class IndependentEdge : IAsyncDisposable
{
    private readonly TemporaryFolder _folder;

    private IndependentEdge(TemporaryFolder folder, ProgramRun run, int tunnelPort, int visitorPort, string caFile)
    {
        _folder = folder;
        Run = run;
        TunnelPort = tunnelPort;
        VisitorPort = visitorPort;
        CaFile = caFile;
    }

    public ProgramRun Run { get; }

    public int TunnelPort { get; }

    public int VisitorPort { get; }

    public string CaFile { get; }

    /// <summary>What it has said of one kind, in order.</summary>
    public IReadOnlyList<JsonElement> Events(string kind) =>
    [
        .. Run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Where(line => line.EndsWith('}'))
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Where(item => item.GetProperty("event").GetString() == kind),
    ];

    public static async Task<IndependentEdge> StartAsync()
    {
        var folder = new TemporaryFolder();
        var (certificate, key) = Certificates.Write(folder, "edge", "h2.cftunnel.com", "probe.cftunnel.com");
        var (tunnelPort, visitorPort) = (FreePort.Next(), FreePort.Next());
        var script = Path.Combine(AppContext.BaseDirectory, "Strangers", "independent-edge.mjs");
        var run = RealProgram.Node.Start(script, tunnelPort.ToString(), visitorPort.ToString(), key, certificate);
        await run.WaitForPortAsync(tunnelPort);
        await run.WaitForPortAsync(visitorPort);
        return new IndependentEdge(folder, run, tunnelPort, visitorPort, certificate);
    }

    public async ValueTask DisposeAsync()
    {
        await Run.DisposeAsync();
        _folder.Dispose();
    }
}
