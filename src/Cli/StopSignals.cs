using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;

namespace Engine.Cli;

/// <summary>SIGTERM and SIGINT: the first asks for a graceful end, the second ends at once.</summary>
internal sealed class StopSignals : IDisposable
{
    /// <summary>What a shell reports for a process that a signal ended.</summary>
    private const int SignalExit = 128;

    private readonly CancellationTokenSource _stop = new();
    private readonly PosixSignalRegistration[] _registrations;
    private readonly ILogger _logger;
    private int _count;

    public StopSignals(ILogger logger)
    {
        _logger = logger;
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

    private void OnSignal(PosixSignalContext context, string name, int number)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _count) > 1)
        {
            Environment.Exit(SignalExit + number);
        }

        ProgramLog.Stopping(_logger, name);
        _stop.Cancel();
    }
}
