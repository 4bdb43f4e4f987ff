using System.Runtime.CompilerServices;

namespace Engine.Http2.Connections;

/// <summary>Continuations that became due under the connection's gate and are run after it was left.</summary>
/// <remarks>
/// Guarded by the gate. Wakes run inline, in order. One may make others due and run them from within; that goes a few calls deep and no
/// further, so that a thousand streams that end together do not pile up on the stack. Two threads may run wakes side by side; the depth is
/// counted on the one that came first, and on the other the stack itself is watched: when it gets short the pool takes over.
/// </remarks>
internal sealed class WakeQueue
{
    private const int MaxDepth = 8;

    private readonly Lock _gate;
    private readonly Queue<(Action<object> Wake, object State)> _due = new();
    private int _owner;
    private int _depth; // Touched by the owner alone.

    public WakeQueue(Lock gate) => _gate = gate;

    /// <summary>Under the gate: has <paramref name="wake"/> called after it.</summary>
    public void Add(Action<object> wake, object state) => _due.Enqueue((wake, state));

    /// <summary>Fires a token; what its listeners throw is theirs and must not end the connection.</summary>
    public static void Cancel(CancellationTokenSource source)
    {
        try
        {
            source.Cancel();
        }
        catch (AggregateException)
        {
            // Every listener has been called; whoever threw has reported it in its own way.
        }
    }

    /// <summary>Outside of the gate: runs what is due.</summary>
    public void Run()
    {
        var thread = Environment.CurrentManagedThreadId;
        var isOwner = Volatile.Read(ref _owner) == thread;
        if (isOwner && _depth >= MaxDepth)
        {
            return; // A loop further down this stack takes over when this call has returned to it.
        }

        if (!RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            ThreadPool.UnsafeQueueUserWorkItem(static queue => queue.Run(), this, preferLocal: false);
            return;
        }

        isOwner = isOwner || Interlocked.CompareExchange(ref _owner, thread, 0) == 0;
        _depth += isOwner ? 1 : 0;
        try
        {
            while (TryTake(out var due))
            {
                due.Wake(due.State);
            }
        }
        finally
        {
            if (isOwner && --_depth == 0)
            {
                Volatile.Write(ref _owner, 0);
            }
        }
    }

    private bool TryTake(out (Action<object> Wake, object State) due)
    {
        lock (_gate)
        {
            return _due.TryDequeue(out due);
        }
    }
}
