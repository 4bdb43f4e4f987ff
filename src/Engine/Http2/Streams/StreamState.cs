namespace Engine.Http2.Streams;

/// <summary>Where a stream stands: its phase, and which heads have passed.</summary>
/// <remarks>Guarded by the connection's gate. Moves of the peer are judged before they are made, since it may do anything.</remarks>
internal struct StreamState
{
    /// <summary>The phase of RFC 9113 §5.1.</summary>
    public StreamPhase Phase { get; private set; }

    /// <summary>Whether the peer's final head has arrived; what follows are DATA and trailers.</summary>
    public bool HeadReceived { get; private set; }

    /// <summary>Whether our final head was sent.</summary>
    public bool HeadSent { get; private set; }

    /// <summary>Whether the peer may send DATA and HEADERS.</summary>
    public readonly bool CanReceive => Phase is StreamPhase.Open or StreamPhase.HalfClosedLocal;

    /// <summary>Whether we may send DATA and HEADERS.</summary>
    public readonly bool CanSend => Phase is StreamPhase.Open or StreamPhase.HalfClosedRemote;

    /// <summary>Whether the stream is over on the wire.</summary>
    public readonly bool IsClosed => Phase == StreamPhase.Closed;

    /// <summary>Whether the peer may send a head now.</summary>
    public readonly IllegalMove JudgeHead(bool endStream, bool informational)
    {
        if (Phase != StreamPhase.Idle && !CanReceive)
        {
            return IllegalMove.HeadersAfterEnd;
        }

        return informational && endStream ? IllegalMove.InformationalWithEnd : IllegalMove.None;
    }

    /// <summary>Whether the peer may send a field section after its final head now.</summary>
    public readonly IllegalMove JudgeTrailers(bool endStream)
    {
        if (!CanReceive)
        {
            return IllegalMove.HeadersAfterEnd;
        }

        return endStream ? IllegalMove.None : IllegalMove.TrailersWithoutEnd;
    }

    /// <summary>Whether the peer may send DATA now.</summary>
    public readonly IllegalMove JudgeData()
    {
        if (!CanReceive)
        {
            return IllegalMove.DataAfterEnd;
        }

        return HeadReceived ? IllegalMove.None : IllegalMove.DataBeforeHead;
    }

    /// <summary>The peer sent a head that was judged legal.</summary>
    public void ReceiveHead(bool informational)
    {
        if (Phase == StreamPhase.Idle)
        {
            Phase = StreamPhase.Open;
        }

        HeadReceived |= !informational;
    }

    /// <summary>The peer sent END_STREAM on a frame that was judged legal.</summary>
    public void ReceiveEnd() => Phase = Phase == StreamPhase.HalfClosedLocal ? StreamPhase.Closed : StreamPhase.HalfClosedRemote;

    /// <summary>We send a head.</summary>
    public void SendHead(bool endStream, bool informational)
    {
        if (Phase == StreamPhase.Idle)
        {
            Phase = StreamPhase.Open;
        }

        HeadSent |= !informational;
        if (endStream)
        {
            SendEnd();
        }
    }

    /// <summary>We send END_STREAM.</summary>
    public void SendEnd() => Phase = Phase == StreamPhase.HalfClosedRemote ? StreamPhase.Closed : StreamPhase.HalfClosedLocal;

    /// <summary>RST_STREAM went either way, or the connection is over.</summary>
    public void Reset() => Phase = StreamPhase.Closed;
}
