namespace Engine.Buffers;

/// <summary>A limit on octets held in memory that many connections share.</summary>
/// <remarks>Thread-safe. Whoever reserves releases the same amount, exactly once.</remarks>
public sealed class MemoryBudget
{
    private long _used;

    /// <summary>Creates a budget of <paramref name="limit"/> octets.</summary>
    public MemoryBudget(long limit)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        Limit = limit;
    }

    /// <summary>The budget of whoever names no other: 256 MiB for the whole process.</summary>
    public static MemoryBudget Shared { get; } = new(256L << 20);

    /// <summary>How many octets may be held.</summary>
    public long Limit { get; }

    /// <summary>How many octets are held now.</summary>
    public long Used => Volatile.Read(ref _used);

    /// <summary>Takes <paramref name="octets"/> from the budget, or nothing when they would exceed it.</summary>
    public bool TryReserve(long octets)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(octets);
        if (Interlocked.Add(ref _used, octets) <= Limit)
        {
            return true;
        }

        Interlocked.Add(ref _used, -octets);
        return false;
    }

    /// <summary>Gives back what was reserved.</summary>
    public void Release(long octets)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(octets);
        Interlocked.Add(ref _used, -octets);
    }

    /// <summary>Whether <paramref name="octets"/> more would leave half of the budget free: the test for growing a window.</summary>
    /// <remarks>A grown window is a promise, not memory: it is judged by the head-room and not reserved.</remarks>
    public bool HasHeadroomFor(long octets) => Used + octets <= Limit / 2;
}
