namespace Engine.Edge.Listening;

/// <summary>Counts the connections of one kind, refuses those beyond a limit, and tells when the last has gone.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class ConnectionGate
{
    private readonly Lock _lock = new();
    private readonly int _limit;
    private TaskCompletionSource? _empty;
    private int _count;
    private bool _wasFull;

    public ConnectionGate(int limit) => _limit = limit;

    /// <summary>How many there may be.</summary>
    public int Limit => _limit;

    /// <summary>How many there are.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Lets one in.</summary>
    /// <param name="isFirstRefusal">Whether this refusal is the first since one was let in: the one worth a log line.</param>
    /// <returns>False when there are too many.</returns>
    public bool TryEnter(out bool isFirstRefusal)
    {
        lock (_lock)
        {
            if (_count < _limit)
            {
                _count++;
                isFirstRefusal = _wasFull = false;
                return true;
            }

            isFirstRefusal = !_wasFull;
            _wasFull = true;
            return false;
        }
    }

    /// <summary>Lets one out.</summary>
    public void Leave()
    {
        TaskCompletionSource? empty = null;
        lock (_lock)
        {
            if (--_count == 0)
            {
                (empty, _empty) = (_empty, null);
            }
        }

        empty?.SetResult();
    }

    /// <summary>Completes when there is none.</summary>
    public Task WaitForEmptyAsync()
    {
        lock (_lock)
        {
            return _count == 0 ? Task.CompletedTask : (_empty ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }
}
