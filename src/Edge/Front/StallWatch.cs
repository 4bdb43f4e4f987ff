namespace Engine.Edge.Front;

/// <summary>Gives up exchanges whose visitors have stopped to send or to read: one timer for all of them.</summary>
/// <remarks>One for an edge; thread-safe. Exchanges are given up outside of the lock, since that runs what waits on them.</remarks>
internal sealed class StallWatch : IDisposable
{
    // A visitor that may wait for minutes need not be cut to the second.
    private static readonly TimeSpan LongestPeriod = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ShortestPeriod = TimeSpan.FromMilliseconds(10);

    private readonly Lock _lock = new();
    private readonly HashSet<VisitorPace> _watched = [];
    private readonly EdgeLimits _limits;
    private readonly LogSampler _log;
    private readonly ITimer? _timer;

    public StallWatch(EdgeLimits limits, TimeProvider clock, LogSampler log)
    {
        _limits = limits;
        _log = log;
        Clock = clock;
        var period = LongestPeriod;
        foreach (var limit in (ReadOnlySpan<TimeSpan>)[limits.BodyTimeout, limits.WriteTimeout])
        {
            if (limit > TimeSpan.Zero)
            {
                IsOn = true;
                period = limit / 4 < period ? limit / 4 : period;
            }
        }

        if (IsOn)
        {
            period = period > ShortestPeriod ? period : ShortestPeriod;
            _timer = clock.CreateTimer(static watch => ((StallWatch)watch!).Tick(), this, period, period);
        }
    }

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; }

    /// <summary>Whether there is any limit.</summary>
    public bool IsOn { get; }

    /// <summary>How many exchanges are watched.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _watched.Count;
            }
        }
    }

    /// <summary>Watches an exchange.</summary>
    public void Add(VisitorPace pace)
    {
        lock (_lock)
        {
            _watched.Add(pace);
        }
    }

    /// <summary>Forgets an exchange.</summary>
    public void Remove(VisitorPace pace)
    {
        lock (_lock)
        {
            _watched.Remove(pace);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer?.Dispose();

    private void Tick()
    {
        List<(VisitorPace Pace, Stall Stall)>? stalled = null;
        lock (_lock)
        {
            foreach (var pace in _watched)
            {
                if (!pace.HasStalled && pace.Judge(Clock, _limits) is var stall and not Stall.None)
                {
                    (stalled ??= []).Add((pace, stall));
                }
            }
        }

        foreach (var (pace, stall) in stalled ?? [])
        {
            var (code, limit) = stall == Stall.Read ? ("body-timeout", _limits.BodyTimeout) : ("write-timeout", _limits.WriteTimeout);
            if (_log.Take(LogKind.VisitorStalled))
            {
                EdgeLog.VisitorStalled(_log.Log, pace.Address, limit, code);
            }

            pace.GiveUp(stall);
        }
    }
}
