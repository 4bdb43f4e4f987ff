namespace Engine;

/// <summary>How long one connection waits before its next attempt.</summary>
/// <remarks>
/// Owned by one connection's loop. A loss is usually a restart, so at first attempts come close together; an edge that stays away is
/// asked at random moments, so that the connectors of a whole edge do not come back as one.
/// </remarks>
internal sealed class ConnectorRetry(TimeProvider time, Func<double> random)
{
    private static readonly TimeSpan QuickPhase = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan QuickLeast = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan QuickMost = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan SlowFirst = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SlowMost = TimeSpan.FromSeconds(30);

    // A connection that lived shorter does not count as having worked: an edge that accepts and hangs up is not to be hammered.
    private static readonly TimeSpan LeastLife = TimeSpan.FromSeconds(10);

    private long? _lostAt;
    private long _readyAt;
    private TimeSpan _cap = SlowFirst;

    /// <summary>Attempts that failed since the connection was last registered.</summary>
    public int Failures { get; private set; }

    /// <summary>The connection is registered.</summary>
    public void OnReady()
    {
        _readyAt = time.GetTimestamp();
        Failures = 0;
    }

    /// <summary>A registered connection was lost.</summary>
    public void OnLost()
    {
        if (time.GetElapsedTime(_readyAt) >= LeastLife)
        {
            _lostAt = null;
            _cap = SlowFirst;
        }
    }

    /// <summary>The next wait and its upper bound.</summary>
    /// <param name="refused">The edge answered and said no: waits grow from the start.</param>
    /// <param name="least">A wait that the edge asked for.</param>
    public (TimeSpan Wait, TimeSpan UpTo) Next(bool refused, TimeSpan least)
    {
        Failures++;
        _lostAt ??= time.GetTimestamp();
        TimeSpan wait;
        TimeSpan upTo;
        if (!refused && time.GetElapsedTime(_lostAt.Value) < QuickPhase)
        {
            wait = QuickLeast + ((QuickMost - QuickLeast) * random());
            upTo = QuickMost;
        }
        else
        {
            wait = _cap * random();
            upTo = _cap;
            _cap = _cap * 2 < SlowMost ? _cap * 2 : SlowMost;
        }

        return wait >= least ? (wait, upTo) : (least, least);
    }
}
