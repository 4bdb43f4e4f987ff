namespace Engine.Http2.Connections;

/// <summary>Remembers how the last streams ended, in fixed memory.</summary>
/// <remarks>Guarded by the connection's gate.</remarks>
internal sealed class ClosedStreams
{
    private readonly Dictionary<int, ClosedBy> _causes;
    private readonly int[] _ring;
    private int _next;

    public ClosedStreams(int capacity)
    {
        _ring = new int[capacity];
        _causes = []; // Grows with use: most connections close few streams.
    }

    /// <summary>Remembers <paramref name="streamId"/> and forgets the oldest.</summary>
    public void Add(int streamId, ClosedBy cause)
    {
        if (!_causes.TryAdd(streamId, cause))
        {
            return;
        }

        _causes.Remove(_ring[_next]);
        _ring[_next] = streamId;
        _next = (_next + 1) % _ring.Length;
    }

    /// <summary>How a stream ended, if that is remembered.</summary>
    public ClosedBy this[int streamId] => _causes.GetValueOrDefault(streamId);
}
