namespace Engine.Edge.Front;

/// <summary>How long one exchange has been waiting for its visitor to send, or to take what was sent.</summary>
/// <remarks>
/// Owned by its exchange, made for one request. One reader and one writer mark their waits; <see cref="StallWatch"/> looks at them from
/// the clock's threads. It is watched from the first wait that does not end at once, so most exchanges never are.
/// </remarks>
internal sealed class VisitorPace
{
    private readonly VisitorExchange _visitor;
    private readonly StallWatch _watch;
    private long _readSince;
    private long _writeSince;
    private int _isWatched;
    private int _hasStalled;

    public VisitorPace(VisitorExchange visitor, StallWatch watch)
    {
        _visitor = visitor;
        _watch = watch;
    }

    /// <summary>Called when the visitor does not go on with its body; ends the wait for it.</summary>
    public Action? GiveUpReading { get; set; }

    /// <summary>Whether the visitor was given up.</summary>
    public bool HasStalled => Volatile.Read(ref _hasStalled) != 0;

    /// <summary>The address of the visitor.</summary>
    public string Address => _visitor.Peer.Address;

    /// <summary>A read of the body has to wait.</summary>
    public void BeginRead() => Begin(ref _readSince);

    /// <summary>The read is over.</summary>
    public void EndRead() => Volatile.Write(ref _readSince, 0);

    /// <summary>A write to the visitor has to wait.</summary>
    public void BeginWrite() => Begin(ref _writeSince);

    /// <summary>The write is over.</summary>
    public void EndWrite() => Volatile.Write(ref _writeSince, 0);

    /// <summary>Marks a write that may have to wait.</summary>
    public async ValueTask<T> WriteAsync<T>(ValueTask<T> write)
    {
        if (write.IsCompleted)
        {
            return await write;
        }

        BeginWrite();
        try
        {
            return await write;
        }
        finally
        {
            EndWrite();
        }
    }

    /// <inheritdoc cref="WriteAsync{T}"/>
    public async ValueTask WriteAsync(ValueTask write)
    {
        if (write.IsCompleted)
        {
            await write;
            return;
        }

        BeginWrite();
        try
        {
            await write;
        }
        finally
        {
            EndWrite();
        }
    }

    /// <summary>The request is over.</summary>
    public void End()
    {
        if (Interlocked.Exchange(ref _isWatched, 0) != 0)
        {
            _watch.Remove(this);
        }
    }

    /// <summary>Whether the visitor has kept the edge waiting for too long.</summary>
    /// <param name="clock">The clock.</param>
    /// <param name="limits">What is too long.</param>
    public Stall Judge(TimeProvider clock, EdgeLimits limits)
    {
        if (IsOver(ref _writeSince, limits.WriteTimeout, clock))
        {
            return Stall.Write;
        }

        if (Volatile.Read(ref _readSince) != 0 && (_visitor.HasStarted || _visitor.AwaitsContinue))
        {
            // Whose answer has begun may be silent, as in a conversation; who waits for a 100 has not been asked yet.
            var since = Volatile.Read(ref _readSince);
            Interlocked.CompareExchange(ref _readSince, Now(clock), since);
            return Stall.None;
        }

        return IsOver(ref _readSince, limits.BodyTimeout, clock) ? Stall.Read : Stall.None;
    }

    /// <summary>Ends the wait that was judged too long.</summary>
    public void GiveUp(Stall stall)
    {
        Volatile.Write(ref _hasStalled, 1);
        if (stall == Stall.Read)
        {
            GiveUpReading?.Invoke();
        }
        else
        {
            _visitor.GiveUpWriting();
        }
    }

    private void Begin(ref long since)
    {
        if (!_watch.IsOn)
        {
            return;
        }

        Volatile.Write(ref since, Now(_watch.Clock));
        if (Volatile.Read(ref _isWatched) == 0 && Interlocked.Exchange(ref _isWatched, 1) == 0)
        {
            _watch.Add(this);
        }
    }

    private static bool IsOver(ref long since, TimeSpan limit, TimeProvider clock) =>
        limit > TimeSpan.Zero && Volatile.Read(ref since) is not 0 and var start && clock.GetElapsedTime(start) >= limit;

    // 0 says that nobody waits.
    private static long Now(TimeProvider clock) => Math.Max(1, clock.GetTimestamp());
}
