using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Engine.Cli;

/// <summary>SIGTERM and SIGINT: the first asks for a graceful end, the second ends at once.</summary>
internal sealed class StopSignals : IDisposable
{
    /// <summary>What a shell reports for a process that a signal ended.</summary>
    private const int SignalExit = 128;

    /// <summary>What comes so soon is the first one again: timeout(1), for one, signals the process and then its whole group.</summary>
    private static readonly TimeSpan Echo = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly Lock _gate = new();
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Action<int> _exit;
    private long? _first;

    /// <summary>Listens from now on.</summary>
    /// <param name="logger">Where the first signal is told.</param>
    /// <param name="time">The clock.</param>
    /// <param name="exit">Ends the process with an exit code.</param>
    public StopSignals(ILogger logger, TimeProvider time, Action<int> exit)
    {
        _logger = logger;
        _time = time;
        _exit = exit;
        _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => OnSignal(context, "terminated", 15)),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context => OnSignal(context, "interrupt", 2)),
        ];
    }

    /// <summary>Fires at the first signal.</summary>
    public CancellationToken Stop => _stop.Token;

    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _stop.Dispose();
    }

    /// <summary>Takes a signal.</summary>
    internal void Take(string name, int number)
    {
        TimeSpan? since;
        lock (_gate)
        {
            since = _first is { } first ? _time.GetElapsedTime(first) : null;
            _first ??= _time.GetTimestamp();
        }

        if (since is null)
        {
            ProgramLog.Stopping(_logger, name);
            _stop.Cancel();
        }
        else if (since >= Echo)
        {
            _exit(SignalExit + number);
        }
    }

    private void OnSignal(PosixSignalContext context, string name, int number)
    {
        context.Cancel = true;
        Take(name, number);
    }
}
