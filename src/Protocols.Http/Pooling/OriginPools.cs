namespace Engine.Protocols.Http.Pooling;

/// <summary>The pools of a handler, one for each origin that is or was lately in use.</summary>
/// <remarks>
/// Thread-safe. One timer serves them all, and it runs only while there are pools. A pool that no exchange holds is dropped
/// when its connections are gone and its origin's keep-alive time has passed, so that reloads and wildcard names leave nothing behind.
/// </remarks>
internal sealed class OriginPools : IDisposable
{
    // How late an idle connection may be closed; taking one checks its age exactly.
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<OriginKey, OriginPool> _pools = [];
    private readonly HttpOriginOptions _options;
    private readonly ITimer _timer;
    private bool _isRunning;
    private bool _isDisposed;

    public OriginPools(HttpOriginOptions options)
    {
        _options = options;
        _timer = options.TimeProvider.CreateTimer(static state => ((OriginPools)state!).Sweep(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _pools.Count;
            }
        }
    }

    public int IdleCount
    {
        get
        {
            lock (_gate)
            {
                var count = 0;
                foreach (var pool in _pools.Values)
                {
                    count += pool.IdleCount;
                }

                return count;
            }
        }
    }

    /// <summary>Holds the pool of an origin until <see cref="Release"/>.</summary>
    public OriginPool Hold(OriginKey key)
    {
        lock (_gate)
        {
            if (!_pools.TryGetValue(key, out var pool))
            {
                pool = new OriginPool(key, _options);
                if (_isDisposed)
                {
                    pool.Close();
                    return pool;
                }

                _pools.Add(key, pool);
                Run();
            }

            pool.Users++;
            return pool;
        }
    }

    public void Release(OriginPool pool)
    {
        lock (_gate)
        {
            pool.Users--;
            pool.UnusedSince = _options.TimeProvider.GetTimestamp();
        }
    }

    /// <summary>Closes every idle connection. Running exchanges end by themselves and close theirs.</summary>
    public void Dispose()
    {
        OriginPool[] pools;
        lock (_gate)
        {
            _isDisposed = true;
            pools = [.. _pools.Values];
            _pools.Clear();
        }

        _timer.Dispose();
        foreach (var pool in pools)
        {
            pool.Close();
        }
    }

    private void Sweep()
    {
        OriginPool[] pools;
        lock (_gate)
        {
            pools = [.. _pools.Values];
        }

        foreach (var pool in pools)
        {
            pool.Sweep();
        }

        DropUnused(pools);
    }

    private void DropUnused(OriginPool[] pools)
    {
        lock (_gate)
        {
            foreach (var pool in pools)
            {
                if (pool.Users == 0 && pool.IdleCount == 0
                    && _options.TimeProvider.GetElapsedTime(pool.UnusedSince) >= pool.Key.Origin.Options.KeepAliveTimeout)
                {
                    _pools.Remove(pool.Key);
                }
            }

            _isRunning = false;
            if (_pools.Count > 0)
            {
                Run();
            }
        }
    }

    // Under the gate.
    private void Run()
    {
        if (!_isRunning && !_isDisposed)
        {
            _isRunning = true;
            _timer.Change(SweepInterval, Timeout.InfiniteTimeSpan);
        }
    }
}
