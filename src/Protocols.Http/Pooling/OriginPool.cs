namespace Engine.Protocols.Http.Pooling;

/// <summary>The idle connections to one origin, bounded and aged; the latest returned is the first taken.</summary>
/// <remarks>Thread-safe. It owns the connections that lie in it. No lock is held while a connection is made or closed.</remarks>
internal sealed class OriginPool
{
    private readonly Lock _gate = new();
    private readonly List<OriginConnection> _idle = [];
    private readonly OriginKey _key;
    private readonly HttpOriginOptions _options;
    private OriginDialer? _dialer;
    private bool _isClosed;

    public OriginPool(OriginKey key, HttpOriginOptions options)
    {
        _key = key;
        _options = options;
    }

    /// <summary>Exchanges that hold the pool; guarded by the lock of <see cref="OriginPools"/>.</summary>
    public int Users { get; set; }

    /// <summary>When the last of them let it go; guarded likewise.</summary>
    public long UnusedSince { get; set; }

    public OriginKey Key => _key;

    public int IdleCount
    {
        get
        {
            lock (_gate)
            {
                return _idle.Count;
            }
        }
    }

    /// <summary>Takes an idle connection that still stands, or none. What died or grew old on the way is closed.</summary>
    public OriginConnection? TryTake()
    {
        while (true)
        {
            OriginConnection connection;
            lock (_gate)
            {
                if (_idle.Count == 0)
                {
                    return null;
                }

                connection = _idle[^1];
                _idle.RemoveAt(_idle.Count - 1);
            }

            connection.Input.OnGone(null);
            if (!IsExpired(connection) && connection.Input.Unwatch())
            {
                connection.IsReused = true;
                return connection;
            }

            connection.Discard();
        }
    }

    /// <summary>Makes a new connection.</summary>
    public async ValueTask<OriginConnection> DialAsync(CancellationToken cancellationToken)
    {
        // Two that race make two dialers, and one is forgotten: they hold nothing.
        _dialer ??= new OriginDialer(_key, _options);
        return new OriginConnection(await _dialer.ConnectAsync(cancellationToken), _options.ResponseLimits);
    }

    /// <summary>Takes a connection back whose exchange has ended on both sides; closes it when there is no place for it.</summary>
    public void Return(OriginConnection connection)
    {
        connection.Input.OnGone(connection.LeavePool ??= () => Remove(connection));
        if (!connection.Input.TryWatch() || !TryAdd(connection))
        {
            connection.Discard();
        }
        else if (connection.Input.IsGone)
        {
            // It went between being watched and being added, when there was nothing to remove.
            Remove(connection);
        }
    }

    /// <summary>Closes what has lain here too long.</summary>
    public void Sweep()
    {
        // The oldest are at the front: returns are appended and only the end is taken.
        while (true)
        {
            OriginConnection oldest;
            lock (_gate)
            {
                if (_idle.Count == 0 || !IsExpired(_idle[0]))
                {
                    return;
                }

                oldest = _idle[0];
                _idle.RemoveAt(0);
            }

            oldest.Discard();
        }
    }

    /// <summary>Closes every idle connection, and from now on each that is returned.</summary>
    public void Close()
    {
        OriginConnection[] idle;
        lock (_gate)
        {
            _isClosed = true;
            idle = [.. _idle];
            _idle.Clear();
        }

        foreach (var connection in idle)
        {
            connection.Discard();
        }
    }

    private bool TryAdd(OriginConnection connection)
    {
        lock (_gate)
        {
            if (_isClosed || _idle.Count >= _key.Origin.Options.KeepAliveConnections)
            {
                return false;
            }

            connection.IdleSince = _options.TimeProvider.GetTimestamp();
            _idle.Add(connection);
            return true;
        }
    }

    private void Remove(OriginConnection connection)
    {
        lock (_gate)
        {
            if (!_idle.Remove(connection))
            {
                return;
            }
        }

        connection.Discard();
    }

    private bool IsExpired(OriginConnection connection)
        => _options.TimeProvider.GetElapsedTime(connection.IdleSince) >= _key.Origin.Options.KeepAliveTimeout;
}
