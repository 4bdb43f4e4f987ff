using System.Threading.Tasks.Sources;

namespace Engine.Transports;

/// <summary>What a flush waits at while a send goes on: opened by the send's end, by a cancel or by a token, whichever comes first.</summary>
/// <remarks>One waiter at a time. It is resumed inline by whoever opens the gate, outside every lock.</remarks>
internal sealed class FlushGate : IValueTaskSource<FlushGate.Outcome>
{
    private ManualResetValueTaskSourceCore<Outcome> _core;
    private int _isArmed;

    public enum Outcome
    {
        Sent,
        Canceled,
    }

    public ValueTask<Outcome> Arm()
    {
        if (Volatile.Read(ref _isArmed) != 0)
        {
            throw new InvalidOperationException("Another flush is still waiting.");
        }

        _core.Reset();
        Volatile.Write(ref _isArmed, 1);
        return new ValueTask<Outcome>(this, _core.Version);
    }

    public void TryOpen(Outcome outcome)
    {
        if (Interlocked.Exchange(ref _isArmed, 0) != 0)
        {
            _core.SetResult(outcome);
        }
    }

    Outcome IValueTaskSource<Outcome>.GetResult(short token) => _core.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<Outcome>.GetStatus(short token) => _core.GetStatus(token);

    void IValueTaskSource<Outcome>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);
}
