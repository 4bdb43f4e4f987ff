using Engine.Buffers;
using Microsoft.AspNetCore.Connections;

namespace Engine.Http2.Connections;

/// <summary>Requests that nobody has taken yet.</summary>
/// <remarks>Guarded by the connection's gate; one caller waits at a time.</remarks>
internal sealed class AcceptQueue
{
    private readonly Http2Connection _connection;
    private readonly Queue<Http2Stream> _streams = new();
    private readonly Waiter<ConnectionContext?> _waiter = new();
    private bool _closed;

    public AcceptQueue(Http2Connection connection) => _connection = connection;

    /// <summary>Offers a request to whoever accepts.</summary>
    public void Add(Http2Stream stream)
    {
        _streams.Enqueue(stream);
        Wake();
    }

    /// <summary>No more requests come; those that came can still be taken.</summary>
    public void Close()
    {
        _closed = true;
        Wake();
    }

    /// <summary>Drops everything that nobody took: the connection is over.</summary>
    /// <returns>The streams, which their taker can't dispose of.</returns>
    public List<Http2Stream> Abandon()
    {
        var abandoned = new List<Http2Stream>(_streams);
        _streams.Clear();
        Close();
        return abandoned;
    }

    /// <summary>The next request, or null when no more will come.</summary>
    public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken)
    {
        if (_streams.TryDequeue(out var stream))
        {
            return new ValueTask<ConnectionContext?>(stream);
        }

        return _closed ? default : _waiter.Arm(cancellationToken);
    }

    private void Wake()
    {
        if (_waiter.TryClaim())
        {
            _connection.Wakes.Add(static queue => ((AcceptQueue)queue).CompleteAccept(), this);
        }
    }

    private void CompleteAccept()
    {
        Http2Stream? stream;
        lock (_connection.Gate)
        {
            _streams.TryDequeue(out stream);
        }

        _waiter.SetResult(stream);
    }
}
