using Engine.Tunnels;

namespace Engine;

/// <summary>What the connections of one connector share: the stop, the end of the grace period, and whether connection 0 was registered.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ConnectorLifetime(ConnectorOptions options) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _cut = new();
    private readonly TaskCompletionSource<bool> _firstRegistration = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private RegistrationRefusedException? _refusal;
    private ITimer? _grace;
    private int _isStopping;

    /// <summary>Fires when the connector shall stop.</summary>
    public CancellationToken Stopping => _stop.Token;

    /// <summary>Fires when what still runs is cut.</summary>
    public CancellationToken Cutting => _cut.Token;

    public bool IsStopping => Volatile.Read(ref _isStopping) != 0;

    /// <summary>The refusal that ended a connection for good, the first one.</summary>
    public RegistrationRefusedException? Refusal => Volatile.Read(ref _refusal);

    /// <summary>True once connection 0 was registered; false when it never will be.</summary>
    public Task<bool> FirstRegistration => _firstRegistration.Task;

    public void OnRegistered() => _firstRegistration.TrySetResult(true);

    public void OnRefused(int index, RegistrationRefusedException refusal)
    {
        Interlocked.CompareExchange(ref _refusal, refusal, null);
        if (index == 0)
        {
            _firstRegistration.TrySetResult(false);
        }
    }

    /// <summary>Begins the grace period.</summary>
    public void Stop()
    {
        if (Interlocked.Exchange(ref _isStopping, 1) != 0)
        {
            return;
        }

        if (options.GracePeriod > TimeSpan.Zero)
        {
            _grace = options.TimeProvider.CreateTimer(
                static state => ((CancellationTokenSource)state!).Cancel(), _cut, options.GracePeriod, Timeout.InfiniteTimeSpan);
        }
        else
        {
            _cut.Cancel();
        }

        _firstRegistration.TrySetResult(false);
        _stop.Cancel();
    }

    /// <summary>Ends it.</summary>
    public void Cut()
    {
        Stop();
        _cut.Cancel();
    }

    public void Dispose() => _grace?.Dispose();
}
