namespace Engine.Http2.FlowControl;

/// <summary>How many octets of DATA we let the peer send (RFC 9113 §6.9), on one stream or on the connection.</summary>
/// <remarks>
/// Guarded by the connection's gate.
/// <code>
/// |◀────────────────── size ──────────────────▶|
/// |  available  |  buffered or on its way  |  unreturned  |
/// </code>
/// Credit goes back when half of the window is unreturned: fewer WINDOW_UPDATE frames than one a read, and the peer still
/// has half a window to send from while the frame travels.
/// </remarks>
internal struct ReceiveWindow
{
    private long _unreturned;
    private long _lastReturn;

    /// <param name="size">What the peer was told.</param>
    /// <param name="available">What the peer may believe it has: more than <paramref name="size"/> until it read our SETTINGS.</param>
    /// <param name="now">The clock's reading.</param>
    public ReceiveWindow(int size, long available, long now)
    {
        Size = size;
        Available = available;
        _lastReturn = now;
    }

    /// <summary>How large the window is when nothing is outstanding.</summary>
    public int Size { get; private set; }

    /// <summary>What the peer may still send.</summary>
    public long Available { get; private set; }

    /// <summary>Counts what arrived.</summary>
    /// <returns>False when the peer had no right to send it: FLOW_CONTROL_ERROR.</returns>
    public bool TryTake(long octets)
    {
        if (octets > Available)
        {
            return false;
        }

        Available -= octets;
        return true;
    }

    /// <summary>Moves with the initial size (RFC 9113 §6.9.2); what is available may fall below zero.</summary>
    public void Shift(int delta)
    {
        Size += delta;
        Available += delta;
    }

    /// <summary>Gives back room for <paramref name="octets"/>.</summary>
    /// <returns>The increment to send now, or 0 when it is kept for a larger one.</returns>
    public int Return(long octets)
    {
        _unreturned += octets;
        if (_unreturned <= 0 || _unreturned * 2 < Size)
        {
            return 0;
        }

        var increment = (int)Math.Min(_unreturned, int.MaxValue - Math.Max(Available, 0));
        _unreturned -= increment;
        Available += increment;
        return increment;
    }

    /// <summary>Doubles the window when it is what holds the peer back; to be asked whenever an increment is sent.</summary>
    /// <param name="returned">The increment.</param>
    /// <param name="now">The clock's reading.</param>
    /// <param name="roundTrip">The shortest round trip in the clock's ticks; 0 while it is unknown.</param>
    /// <param name="limit">The largest size allowed.</param>
    /// <returns>By how much the window grew: an increment to send besides.</returns>
    /// <remarks>
    /// Bandwidth is <c>returned / elapsed</c>, so that the product of bandwidth and delay is <c>returned × roundTrip / elapsed</c>.
    /// The window should be twice that: one product in flight, and up to half of the window unreturned. A reader that is slow makes
    /// <c>elapsed</c> long, and its window stays.
    /// </remarks>
    public int Grow(int returned, long now, long roundTrip, int limit)
    {
        var elapsed = Math.Max(now - _lastReturn, 1);
        _lastReturn = now;
        if (roundTrip <= 0 || Size >= limit || 2.0 * returned * roundTrip <= (double)Size * elapsed)
        {
            return 0;
        }

        var growth = (int)Math.Min(Size, (long)limit - Size);
        growth = (int)Math.Min(growth, int.MaxValue - Math.Max(Available, 0));
        Size += growth;
        Available += growth;
        return growth;
    }

    /// <summary>The growth that <see cref="Grow"/> would choose, to be judged by the memory budget before it is asked.</summary>
    public readonly long NextGrowth(int limit) => Math.Min(Size, Math.Max((long)limit - Size, 0));
}
