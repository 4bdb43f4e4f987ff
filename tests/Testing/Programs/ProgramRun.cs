using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Engine.Testing.Programs;

/// <summary>One run of a real program: its output captured, its end awaited, stopped by process id when the test is over.</summary>
/// <remarks>Owned by one test. Output is captured on the runtime's reading threads; members may be called from any thread.</remarks>
public sealed class ProgramRun : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<int, ProgramRun> Running = new();

    private readonly Process _process;
    private readonly string _command;
    private readonly CapturedText _output = new();
    private readonly CapturedText _error = new();
    private readonly Task _exited;

    static ProgramRun() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        // A test host that is told to stop takes its children with it.
        foreach (var run in Running.Values)
        {
            run.Send(Programs.Signal.Kill);
        }
    };

    private ProgramRun(Process process, string command)
    {
        _process = process;
        _command = command;
        var output = _output.ReadAsync(process.StandardOutput);
        var error = _error.ReadAsync(process.StandardError);
        _exited = Task.WhenAll(process.WaitForExitAsync(), output, error);
        Running[process.Id] = this;
    }

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    /// <summary>Whether the process is over.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>What it wrote to standard output so far.</summary>
    public string Output => _output.ToString();

    /// <summary>What it wrote to standard error so far.</summary>
    public string Error => _error.ToString();

    /// <summary>Starts the executable at <paramref name="path"/>.</summary>
    public static ProgramRun Start(
        string path, IEnumerable<string> arguments, string? folder = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(path, arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
            WorkingDirectory = folder ?? "",
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return new ProgramRun(process, $"{path} {string.Join(' ', start.ArgumentList)}");
    }

    /// <summary>Waits for the program's own end.</summary>
    /// <exception cref="TimeoutException">It did not end; the message carries what it said.</exception>
    public async Task<ProgramResult> WaitForExitAsync(TimeSpan? limit = null)
    {
        try
        {
            await _exited.WaitAsync(limit ?? Deadline.Standard);
        }
        catch (TimeoutException)
        {
            throw new TimeoutException($"Still running after {limit ?? Deadline.Standard}: {Said()}");
        }

        return new ProgramResult(_command, _process.ExitCode, Output, Error);
    }

    /// <summary>Waits until the program has written a text to standard output or standard error.</summary>
    public Task WaitForTextAsync(string text, TimeSpan? limit = null) =>
        WaitUntilAsync(() => Task.FromResult(Output.Contains(text) || Error.Contains(text)), $"it says \"{text}\"", limit);

    /// <summary>Waits until the program accepts connections on a loopback port.</summary>
    public Task WaitForPortAsync(int port, TimeSpan? limit = null) =>
        WaitUntilAsync(() => FreePort.IsListeningAsync(port), $"it listens on port {port}", limit);

    /// <summary>Sends a signal; a process that is over already is no error.</summary>
    public void Send(Signal signal)
    {
        if (!_process.HasExited && Kill(_process.Id, (int)signal) != 0 && Marshal.GetLastPInvokeError() != 3 /* ESRCH */)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Asks the program to end, as an operator would, and waits for it.</summary>
    public async Task<ProgramResult> StopAsync(Signal signal = Programs.Signal.Terminate, TimeSpan? limit = null)
    {
        Send(signal);
        return await WaitForExitAsync(limit);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            Send(Programs.Signal.Terminate);
            await Task.WhenAny(_process.WaitForExitAsync(), Task.Delay(TimeSpan.FromSeconds(3)));
            Send(Programs.Signal.Kill);
            await _process.WaitForExitAsync().WaitAsync(Deadline.Standard);
        }

        Running.TryRemove(_process.Id, out _);
        _process.Dispose();
    }

    /// <inheritdoc/>
    public override string ToString() => Said();

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int Kill(int process, int signal);

    private async Task WaitUntilAsync(Func<Task<bool>> condition, string what, TimeSpan? limit)
    {
        try
        {
            await Eventually.IsTrueAsync(
                async () => await condition() || (_exited.IsCompleted ? throw new InvalidOperationException($"Ended before {what}: {Said()}") : false),
                what,
                limit);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{late.Message}: {Said()}");
        }
    }

    private string Said()
    {
        var state = _process.HasExited ? $"exited with {_process.ExitCode}" : "running";
        return $"{_command} ({state})\n{Error}\n{Output}";
    }
}
