namespace Engine.Http2.FlowControl;

/// <summary>What one stream holds in memory, and what of it the connection's window and the memory budget are still owed.</summary>
/// <remarks>Guarded by the connection's gate. Every octet that is added is removed exactly once, consumed or discarded.</remarks>
internal struct BufferedOctets
{
    private long _reserved;
    private long _unreserved;

    /// <summary>Counts octets that were buffered; returns connection credit at once where the profile says so.</summary>
    public void Add(ReceiveFlow flow, long octets)
    {
        if (!flow.Budget.TryReserve(octets))
        {
            _unreserved += octets;
            return;
        }

        _reserved += octets;
        if (flow.CreditsOnReceipt)
        {
            flow.Return(octets);
        }
    }

    /// <summary>Settles octets that left the buffer; those without budget go first, since they hold up the connection.</summary>
    public void Remove(ReceiveFlow flow, long octets)
    {
        var unreserved = Math.Min(octets, _unreserved);
        var reserved = octets - unreserved;
        _unreserved -= unreserved;
        _reserved -= reserved;
        flow.Budget.Release(reserved);
        flow.Return(flow.CreditsOnReceipt ? unreserved : octets);
    }
}
