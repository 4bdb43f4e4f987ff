namespace Engine.Tunnels;

/// <summary>Counts running streams, and tells when the last one ended after no more may begin.</summary>
/// <remarks>Thread-safe. The waiter continues inline in whoever ends the last stream.</remarks>
internal sealed class StreamCounter
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _empty = new();
    private int _count;
    private bool _closed;

    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether no more streams may begin.</summary>
    public bool IsClosed => Volatile.Read(ref _closed);

    /// <summary>Counts a stream in, unless no more may begin.</summary>
    public bool TryAdd()
    {
        lock (_lock)
        {
            if (_closed)
            {
                return false;
            }

            _count++;
            return true;
        }
    }

    /// <summary>Counts a stream out.</summary>
    public void Remove()
    {
        bool isLast;
        lock (_lock)
        {
            isLast = --_count == 0 && _closed;
        }

        if (isLast)
        {
            _empty.TrySetResult();
        }
    }

    /// <summary>Lets no more begin.</summary>
    public void Close()
    {
        bool isEmpty;
        lock (_lock)
        {
            _closed = true;
            isEmpty = _count == 0;
        }

        if (isEmpty)
        {
            _empty.TrySetResult();
        }
    }

    /// <summary>Lets no more begin and waits for the last one to end.</summary>
    public Task CloseAsync()
    {
        Close();
        return _empty.Task;
    }
}
