using Engine.Ingress;

namespace Engine;

/// <summary>The running thing beside the origins: N connections to an edge, serving one tunnel.</summary>
/// <remarks>
/// Owns its connections, their streams and what the builder was given to own. Every member may be called from any thread;
/// <see cref="RunAsync"/> runs once. Each connection has a loop of its own, so that no connection waits for another, except all
/// for the first one's first registration.
/// </remarks>
public sealed class Connector : IAsyncDisposable
{
    // What handlers get to notice that their streams were cut.
    private static readonly TimeSpan CutTimeout = TimeSpan.FromSeconds(5);

    private readonly ConnectorConnection[] _connections;
    private readonly ConnectorStreams _streams;
    private readonly ConnectorOptions _options;
    private readonly IReadOnlyList<IAsyncDisposable> _owned;
    private readonly ConnectorLifetime _lifetime;
    private Task? _run;
    private int _disposed;

    internal Connector(
        ConnectorDialer dialer, ConnectorAddresses addresses, ConnectorStreams streams, ConnectorOptions options, IReadOnlyList<IAsyncDisposable> owned)
    {
        _options = options;
        _streams = streams;
        _owned = owned;
        _lifetime = new ConnectorLifetime(options);
        _connections = new ConnectorConnection[options.Connections];
        for (var i = 0; i < _connections.Length; i++)
        {
            _connections[i] = new ConnectorConnection(i, dialer, addresses, streams, options, _lifetime);
        }
    }

    /// <summary>The id by which the edge knows this connector; the same for all its connections.</summary>
    public Guid ConnectorId => _options.ConnectorId;

    /// <summary>How many connections are registered and serve streams.</summary>
    public int ReadyConnections
    {
        get
        {
            var ready = 0;
            foreach (var connection in _connections)
            {
                ready += connection.Status.State == ConnectorConnectionState.Ready ? 1 : 0;
            }

            return ready;
        }
    }

    /// <summary>How many streams are being served.</summary>
    public int ActiveStreams => _streams.Active;

    /// <summary>Every connection as it stands now.</summary>
    public IReadOnlyList<ConnectorConnectionStatus> Connections
    {
        get
        {
            var all = new ConnectorConnectionStatus[_connections.Length];
            for (var i = 0; i < all.Length; i++)
            {
                all[i] = _connections[i].Status;
            }

            return all;
        }
    }

    /// <summary>The rules in force.</summary>
    public IngressRules Ingress => _streams.Rules;

    /// <summary>Connects, and serves until <paramref name="stop"/>: then every connection is unregistered, and what runs may end within the grace period.</summary>
    /// <returns>A task that completes when the connector has stopped.</returns>
    /// <exception cref="Tunnels.RegistrationRefusedException">The edge refused for good, and no connection is left that could serve.</exception>
    /// <exception cref="InvalidOperationException">It ran before.</exception>
    public Task RunAsync(CancellationToken stop)
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.CompareExchange(ref _run, started.Task, null) is not null)
        {
            throw new InvalidOperationException("A connector runs once; build another one.");
        }

        return RunCoreAsync(started, stop);
    }

    /// <summary>Puts other rules in force, for streams that come from now on; running streams keep the rule they began with.</summary>
    public void Reload(IngressRules rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        _streams.Rules = rules;
        _connections[0].SendLocalConfiguration();
    }

    /// <summary>Cuts everything that still runs, and disposes what the connector owns.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        _lifetime.Cut();
        if (Volatile.Read(ref _run) is { } run)
        {
            await run;
        }

        foreach (var owned in _owned)
        {
            await owned.DisposeAsync();
        }

        _lifetime.Dispose();
    }

    private async Task RunCoreAsync(TaskCompletionSource ended, CancellationToken stop)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            using var link = stop.UnsafeRegister(static state => ((ConnectorLifetime)state!).Stop(), _lifetime);
            var runs = new Task[_connections.Length];
            for (var i = 0; i < runs.Length; i++)
            {
                runs[i] = _connections[i].RunAsync();
            }

            await Task.WhenAll(runs);
            await _streams.WhenIdleAsync(CutTimeout);
            ThrowIfRefused();
        }
        finally
        {
            ended.SetResult();
        }
    }

    // A stop that was asked for is a good end, whatever the edge said before it.
    private void ThrowIfRefused()
    {
        if (!_lifetime.IsStopping && _lifetime.Refusal is { } refusal)
        {
            throw new Tunnels.RegistrationRefusedException(refusal.Cause, refusal.Retry, refusal.RetryAfter, refusal);
        }
    }
}
