namespace Engine.Http2.FlowControl;

/// <summary>How much of the connection's send window one stream may hold: so that a stalled reader can't hold up all the others.</summary>
/// <remarks>
/// <para>Guarded by the connection's gate. It matters towards peers that return the connection's credit only when a body is read, as
/// Go's server does with its window of 1 MiB.</para>
/// <para>A quarter is plenty towards peers that return credit in small steps. Others return it by the half of a window that they may also
/// enlarge as they go, and would wait for more while the stream waits for them: so a stream may always have twice the largest step seen. A peer that
/// doubles its window sends half of the old one and what it grew, and waits for half of the new one: less than the step before.</para>
/// <para>While no step was seen, a stream that waits may have three quarters after a tick of the timer, and everything after the next.</para>
/// </remarks>
internal sealed class SendShare
{
    // Smaller windows are too small to be shared out: a quarter of them would hardly hold a frame.
    private const int LeastWindow = 256 << 10;

    private readonly bool _isLimited;
    private long _largestStep;

    public SendShare(bool isLimited) => _isLimited = isLimited;

    /// <summary>Whether a stream that has waited for a tick may go beyond its share.</summary>
    public bool MayLift => _isLimited && _largestStep == 0;

    /// <summary>What a stream may have in flight that the peer has not returned.</summary>
    /// <param name="window">The connection's window at its largest.</param>
    /// <param name="ticks">How many ticks of the timer the stream has waited through.</param>
    public long Of(long window, int ticks)
    {
        if (!_isLimited || window < LeastWindow || ticks > 1)
        {
            return long.MaxValue;
        }

        return Math.Max(ticks == 1 ? (window * 3) / 4 : window / 4, 2 * _largestStep);
    }

    /// <summary>The peer returned credit to a stream.</summary>
    public void Observe(long increment) => _largestStep = Math.Max(_largestStep, increment);
}
