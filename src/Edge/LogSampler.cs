using Microsoft.Extensions.Logging;

namespace Engine.Edge;

/// <summary>Lets the first lines of each kind through and counts the others, so that no flood of visitors fills the log.</summary>
/// <remarks>One for an edge; thread-safe. What was left out is told in one line when its <see cref="Window"/> is over.</remarks>
internal sealed class LogSampler : IDisposable
{
    /// <summary>Lines of one kind within a window: enough to see what goes on.</summary>
    public const int Burst = 20;

    /// <summary>The time over which lines are counted.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly long[] _counts = new long[Enum.GetValues<LogKind>().Length];
    private readonly ITimer _timer;

    public LogSampler(ILogger log, TimeProvider clock)
    {
        Log = log;
        _timer = clock.CreateTimer(static sampler => ((LogSampler)sampler!).Turn(), this, Window, Window);
    }

    /// <summary>Where the lines go.</summary>
    public ILogger Log { get; }

    /// <summary>Whether a line of this kind may be written now.</summary>
    public bool Take(LogKind kind)
    {
        lock (_lock)
        {
            return ++_counts[(int)kind] <= Burst;
        }
    }

    /// <summary>Tells what was left out, and stops.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        Turn();
    }

    private void Turn()
    {
        for (var i = 0; i < _counts.Length; i++)
        {
            long left;
            lock (_lock)
            {
                left = _counts[i] - Burst;
                _counts[i] = 0;
            }

            if (left > 0)
            {
                EdgeLog.LeftOut(Log, left, (LogKind)i, Window);
            }
        }
    }
}
