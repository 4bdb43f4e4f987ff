namespace Engine.Http2.Connections;

/// <summary>The streams that are open or half-closed, and the ids on both sides.</summary>
/// <remarks>Guarded by the connection's gate.</remarks>
internal sealed class StreamTable
{
    private readonly Dictionary<int, Http2Stream> _streams = [];
    private readonly ClosedStreams _closed;
    private readonly bool _isServer;
    private int _nextLocalId;

    public StreamTable(Http2Role role, Http2ConnectionOptions options)
    {
        _isServer = role == Http2Role.Server;
        _nextLocalId = options.FirstStreamId;

        // As many as can be reset within one round trip without a late frame being taken for an error.
        _closed = new ClosedStreams(options.Profile == Http2Profile.Public ? 512 : 4096);
    }

    /// <summary>The highest id that the peer has used.</summary>
    public int LastPeerId { get; private set; }

    /// <summary>How many streams are open or half-closed: what SETTINGS_MAX_CONCURRENT_STREAMS limits.</summary>
    public int Count => _streams.Count;

    /// <summary>How many streams have an owner that has not let go, whatever became of them on the wire.</summary>
    public int Owned { get; private set; }

    /// <summary>Whether a client has no more ids (§5.1.1): 2³⁰ were used.</summary>
    public bool IsOutOfIds => _nextLocalId <= 0;

    /// <summary>The open streams.</summary>
    public Dictionary<int, Http2Stream>.ValueCollection Open => _streams.Values;

    /// <summary>An open stream, or null.</summary>
    public Http2Stream? Find(int streamId) => _streams.GetValueOrDefault(streamId);

    /// <summary>How a stream that is not open ended.</summary>
    public ClosedBy CauseOf(int streamId) => _closed[streamId];

    /// <summary>Whether no frame but HEADERS and PRIORITY may name the id: it was never used.</summary>
    public bool IsIdle(int streamId)
    {
        var isClients = (streamId & 1) == 1;
        if (isClients != _isServer)
        {
            // Of our own making: in the client role those we have opened. A server opens none.
            return _isServer || (_nextLocalId > 0 && streamId >= _nextLocalId);
        }

        return streamId > LastPeerId;
    }

    /// <summary>Takes note of an id that the peer used.</summary>
    public void Use(int peerId) => LastPeerId = peerId;

    /// <summary>Takes the next id of our own; ids run into the negative when they are spent.</summary>
    public int TakeLocalId()
    {
        var id = _nextLocalId;
        _nextLocalId = unchecked(_nextLocalId + 2);
        return id;
    }

    /// <summary>Adds an open stream.</summary>
    public void Add(Http2Stream stream)
    {
        _streams.Add(stream.StreamId, stream);
        Owned++;
    }

    /// <summary>Removes a stream that is closed on the wire.</summary>
    public bool Remove(Http2Stream stream, ClosedBy cause)
    {
        _closed.Add(stream.StreamId, cause);
        return _streams.Remove(stream.StreamId);
    }

    /// <summary>Remembers a stream that was refused before it was made.</summary>
    public void Refuse(int streamId) => _closed.Add(streamId, ClosedBy.LocalReset);

    /// <summary>An owner has let go.</summary>
    public void Released() => Owned--;
}
