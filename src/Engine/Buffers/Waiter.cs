using System.Threading.Tasks.Sources;

namespace Engine.Buffers;

/// <summary>One caller's wait for one event, used again for the next: what every asynchronous member here waits on.</summary>
/// <remarks>
/// Owned by the object whose event it is. One wait at a time. Whoever wants to end the wait first claims it, which exactly one
/// party can, under whatever lock it likes, and then sets the outcome outside of every lock, because the continuation runs inline.
/// <code>
/// idle ──Arm──▶ armed ──TryClaim──▶ claimed ──SetResult/SetException, GetResult──▶ idle
/// </code>
/// </remarks>
internal sealed class Waiter<T> : IValueTaskSource<T>
{
    private const int Idle = 0;
    private const int Armed = 1;
    private const int Claimed = 2;

    private ManualResetValueTaskSourceCore<T> _core;
    private CancellationTokenRegistration _registration;
    private int _state;

    /// <summary>Whether somebody waits and nobody has claimed the wait.</summary>
    public bool IsArmed => Volatile.Read(ref _state) == Armed;

    /// <summary>Starts a wait.</summary>
    /// <exception cref="InvalidOperationException">Somebody waits already.</exception>
    public ValueTask<T> Arm(CancellationToken cancellationToken)
    {
        if (Interlocked.CompareExchange(ref _state, Armed, Idle) != Idle)
        {
            throw new InvalidOperationException("Another call of the same kind is still waiting.");
        }

        if (cancellationToken.CanBeCanceled)
        {
            _registration = cancellationToken.UnsafeRegister(
                static (waiter, token) => ((Waiter<T>)waiter!).Cancel(token), this);
        }

        return new ValueTask<T>(this, _core.Version);
    }

    /// <summary>Takes the right to end the wait; the one who gets it must set an outcome.</summary>
    public bool TryClaim() => Interlocked.CompareExchange(ref _state, Claimed, Armed) == Armed;

    /// <summary>Ends a claimed wait. The continuation runs inside this call.</summary>
    public void SetResult(T result) => _core.SetResult(result);

    /// <summary>Ends a claimed wait with an exception. The continuation runs inside this call.</summary>
    public void SetException(Exception exception) => _core.SetException(exception);

    T IValueTaskSource<T>.GetResult(short token)
    {
        _ = _core.GetStatus(token); // Throws for a token of an earlier wait, which must not end this one.
        try
        {
            return _core.GetResult(token);
        }
        finally
        {
            // Waits for a callback that runs right now on another thread, so that it can't reach the next wait.
            _registration.Dispose();
            _registration = default;
            _core.Reset();
            Volatile.Write(ref _state, Idle);
        }
    }

    ValueTaskSourceStatus IValueTaskSource<T>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<T>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _core.OnCompleted(continuation, state, token, flags);

    private void Cancel(CancellationToken cancellationToken)
    {
        if (TryClaim())
        {
            SetException(new OperationCanceledException(cancellationToken));
        }
    }
}
