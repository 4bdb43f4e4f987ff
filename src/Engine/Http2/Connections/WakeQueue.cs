namespace Engine.Http2.Connections;

/// <summary>Continuations that became due under the connection's gate and are run after it was left.</summary>
/// <remarks>
/// Guarded by the gate. Wakes run inline, in order; those that come up while one runs on the same thread wait for it to
/// return, so that a thousand streams that end together do not nest.
/// </remarks>
internal sealed class WakeQueue
{
    private readonly Lock _gate;
    private readonly Queue<(Action<object> Wake, object State)> _due = new();
    private int _runningThread;

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
        if (Volatile.Read(ref _runningThread) == thread)
        {
            return;
        }

        var owns = false;
        while (true)
        {
            (Action<object> Wake, object State) due;
            lock (_gate)
            {
                if (!_due.TryDequeue(out due))
                {
                    if (owns)
                    {
                        Volatile.Write(ref _runningThread, 0);
                    }

                    return;
                }

                // Two threads may run wakes side by side; only the first has its nested calls flattened.
                if (_runningThread == 0)
                {
                    _runningThread = thread;
                    owns = true;
                }
            }

            due.Wake(due.State);
        }
    }
}
