namespace Engine.Http2.FlowControl;

/// <summary>How many octets of DATA the peer lets us send (RFC 9113 §6.9), on one stream or on the connection.</summary>
/// <remarks>Guarded by the connection's gate. Negative after the peer made its initial window smaller (§6.9.2).</remarks>
internal struct SendWindow
{
    public SendWindow(long available) => Available = Peak = available;

    /// <summary>What may be sent now; nothing when not positive.</summary>
    public long Available { get; private set; }

    /// <summary>The most that was ever available: the size of the peer's window, as far as we can tell.</summary>
    public long Peak { get; private set; }

    /// <summary>Spends <paramref name="octets"/>.</summary>
    public void Take(long octets) => Available -= octets;

    /// <summary>Adds what the peer gave, or takes what a smaller initial window takes away.</summary>
    /// <returns>False when the window would pass 2³¹-1: FLOW_CONTROL_ERROR (§6.9.1).</returns>
    public bool TryShift(long delta)
    {
        if (Available + delta > int.MaxValue)
        {
            return false;
        }

        Available += delta;
        Peak = Math.Max(Peak, Available);
        return true;
    }
}
