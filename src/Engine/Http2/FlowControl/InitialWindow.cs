using Engine.Buffers;

namespace Engine.Http2.FlowControl;

/// <summary>The receive window that every stream starts with: as configured, and less while the memory budget is short.</summary>
/// <remarks>
/// <para>Guarded by the connection's gate. Only the tunnel profile changes it: there any number of slow readers share the connection, each of
/// them may leave a whole window unread, and once they have spent the budget the connection's own credit stays behind with theirs and everybody
/// waits. A smaller SETTINGS_INITIAL_WINDOW_SIZE takes the difference from the windows of open streams too, below zero if need be
/// (RFC 9113 §6.9.2), so that those who are stalled get no more and those who read go on with less ahead of them.</para>
/// <para>A peer may use a larger size as soon as it is sent, and must keep to a smaller one from its acknowledgement on. The distance between
/// the thresholds keeps it from changing with every frame.</para>
/// </remarks>
internal sealed class InitialWindow
{
    /// <summary>Once a quarter of the budget is held.</summary>
    public const int WhenScarce = 64 << 10;

    /// <summary>Once half of the budget is held.</summary>
    public const int WhenShort = 16 << 10;

    private readonly int _configured;
    private readonly MemoryBudget _budget;
    private readonly bool _isFixed;
    private int _announced;
    private bool _isPending;

    public InitialWindow(Http2ConnectionOptions options)
    {
        _configured = _announced = Size = options.InitialStreamWindow;
        _budget = options.Budget;
        _isFixed = options.Profile != Http2Profile.Tunnel;
    }

    /// <summary>What a stream that begins now is counted with.</summary>
    public int Size { get; private set; }

    /// <summary>Whether another size is to be announced. Asked whenever octets are buffered or consumed.</summary>
    /// <param name="size">What to announce.</param>
    /// <param name="delta">By how much the windows of open streams grow at once.</param>
    public bool TryChange(out int size, out int delta)
    {
        delta = 0;
        size = _isFixed || _isPending ? _announced : Choose();
        if (size == _announced)
        {
            return false;
        }

        _announced = size;
        _isPending = true;
        delta = Math.Max(size - Size, 0);
        Size += delta;
        return true;
    }

    /// <summary>The peer acknowledged what was announced.</summary>
    /// <returns>By how much the windows of open streams move now: never up.</returns>
    public int Acknowledge()
    {
        _isPending = false;
        var delta = _announced - Size;
        Size = _announced;
        return delta;
    }

    private int Choose()
    {
        var used = _budget.Used;
        if (used <= _budget.Limit / 8)
        {
            return _configured;
        }

        var most = used > _budget.Limit / 2 ? WhenShort : used > _budget.Limit / 4 ? WhenScarce : _announced;
        return Math.Min(most, _announced);
    }
}
