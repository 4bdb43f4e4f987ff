using Engine.Testing;
using Engine.Testing.Programs;

namespace Engine.EndToEnd.Origins;

/// <summary>An origin of Debian's Node or Python, run from a script beside the tests.</summary>
internal sealed class ScriptOrigin : IAsyncDisposable
{
    private readonly ProgramRun _run;

    private ScriptOrigin(ProgramRun run, int port)
    {
        _run = run;
        Port = port;
    }

    public int Port { get; }

    /// <summary>HTTP/1.1 on Node's own server: see origin.mjs for its paths.</summary>
    public static Task<ScriptOrigin> StartNodeAsync() => StartAsync(RealProgram.Node.FullPath, "origin.mjs");

    /// <summary>WebSocket echo on Debian's python3-websockets, hence the system's Python and no other.</summary>
    public static Task<ScriptOrigin> StartWebSocketAsync() => StartAsync("/usr/bin/python3", "websocket.py");

    public ValueTask DisposeAsync() => _run.DisposeAsync();

    private static async Task<ScriptOrigin> StartAsync(string interpreter, string script)
    {
        var port = FreePort.Next();
        var run = ProgramRun.Start(interpreter, [Path.Combine(AppContext.BaseDirectory, "Origins", script), port.ToString()]);
        try
        {
            await run.WaitForPortAsync(port);
        }
        catch (InvalidOperationException failure)
        {
            await run.DisposeAsync();
            throw new InvalidOperationException("Is python3-websockets installed? tests/run installs it.", failure);
        }

        return new ScriptOrigin(run, port);
    }
}
