using Engine.Testing;
using Engine.Testing.Programs;

namespace Engine.EndToEnd.Harness;

/// <summary>An edge in a process of its own: visitors in cleartext and over TLS, connectors over TLS, everything on loopback.</summary>
internal sealed class EdgeProcess : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private ProgramRun? _run;

    public EdgeProcess(Identity identity, params string[] hostnames)
    {
        _folder.Write("tunnel.json", identity.Json);
        Configuration = _folder.Write("edge.yaml", $"""
            dataFolder: {_folder["data"]}
            listen:
              - 127.0.0.1:{VisitorPort}
              - address: 127.0.0.1:{TlsPort}
                tls: true
            tunnelListen: 127.0.0.1:{TunnelPort}
            tunnels:
              - name: ours
                credentialsFile: {_folder["tunnel.json"]}
            routes:
            {string.Join('\n', hostnames.Select(name => $"  - {{ hostname: \"{name}\", tunnel: ours }}"))}
            """);
    }

    public int VisitorPort { get; } = FreePort.Next();

    public int TlsPort { get; } = FreePort.Next();

    public int TunnelPort { get; } = FreePort.Next();

    public string Configuration { get; }

    /// <summary>The private authority's certificate, which exists once the edge has started.</summary>
    public string CaFile => _folder["data/ca.pem"];

    public ProgramRun Run => _run ?? throw new InvalidOperationException("The edge was not started.");

    public async Task StartAsync()
    {
        _run = EngineProgram.Start("edge", "--config", Configuration);
        await _run.WaitForPortAsync(TunnelPort);
        await _run.WaitForPortAsync(VisitorPort);
    }

    /// <summary>Ends the process as a crash would: nothing is said to anyone.</summary>
    public async Task CrashAsync()
    {
        Run.Send(Signal.Kill);
        await Run.WaitForExitAsync();
        await Run.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_run is not null)
        {
            await _run.DisposeAsync();
        }

        _folder.Dispose();
    }
}
