using Engine.Buffers;
using Engine.Fields;

namespace Engine.Http2.Streams;

/// <summary>Response heads that arrived and were not read yet: any number of 1xx, then the final one.</summary>
/// <remarks>Guarded by the connection's gate; one reader.</remarks>
internal sealed class HeadQueue
{
    /// <summary>Servers send one or two 1xx heads; a flood of them must not pile up.</summary>
    public const int Capacity = 16;

    private readonly Http2Connection _connection;
    private readonly Queue<FieldList> _heads = new();
    private readonly Waiter<FieldList> _waiter = new();
    private Exception? _failure;
    private FieldList? _final;

    public HeadQueue(Http2Connection connection) => _connection = connection;

    /// <summary>The head that was read last.</summary>
    public FieldList Current { get; private set; } = new();

    /// <summary>Under the gate: a head arrived.</summary>
    /// <returns>False when too many are unread.</returns>
    public bool TryAdd(FieldList head, bool final)
    {
        if (_heads.Count >= Capacity)
        {
            return false;
        }

        _heads.Enqueue(head);
        if (final)
        {
            _final = head;
        }

        Wake();
        return true;
    }

    /// <summary>Under the gate: no more heads come; those that came can still be read.</summary>
    public void Fail(Exception failure)
    {
        _failure ??= failure;
        Wake();
    }

    /// <summary>Under the gate: the next head.</summary>
    public ValueTask<FieldList> ReadAsync(CancellationToken cancellationToken)
    {
        if (_heads.TryDequeue(out var head))
        {
            return new ValueTask<FieldList>(Current = head);
        }

        if (_final is not null)
        {
            return new ValueTask<FieldList>(_final);
        }

        return _failure is not null ? ValueTask.FromException<FieldList>(_failure) : _waiter.Arm(cancellationToken);
    }

    private void Wake()
    {
        if (_waiter.TryClaim())
        {
            _connection.Wakes.Add(static queue => ((HeadQueue)queue).CompleteRead(), this);
        }
    }

    private void CompleteRead()
    {
        FieldList? head;
        lock (_connection.Gate)
        {
            if (_heads.TryDequeue(out head))
            {
                Current = head;
            }
        }

        if (head is not null)
        {
            _waiter.SetResult(head);
        }
        else
        {
            _waiter.SetException(_failure!);
        }
    }
}
