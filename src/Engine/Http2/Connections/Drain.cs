using System.Text;

namespace Engine.Http2.Connections;

/// <summary>The orderly end (RFC 9113 §6.8): GOAWAY of either side, and the wait for the streams that still run.</summary>
/// <remarks>
/// Guarded by the connection's gate.
/// <code>
/// server:  open ──Begin: GOAWAY(2³¹-1), PING──▶ announced ──answer or 1 s: GOAWAY(last)──▶ final ──no streams──▶ finished
/// client:  open ──Begin: GOAWAY(0)──────────────────────────────────────────────────────▶ final ──no streams──▶ finished
/// </code>
/// The first GOAWAY of a server names no limit, so that requests which were on their way are still served.
/// </remarks>
internal sealed class Drain
{
    private static readonly TimeSpan AnnouncementLimit = TimeSpan.FromSeconds(1);

    private readonly Http2Connection _connection;
    private readonly TimeProvider _clock;
    private Http2ErrorCode _code;
    private long _begunAt;
    private bool _isFinishing;

    public Drain(Http2Connection connection, TimeProvider clock)
    {
        _connection = connection;
        _clock = clock;
    }

    /// <summary>Whether we have begun.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Whether our last GOAWAY, with the true last stream, is sent.</summary>
    public bool IsFinal { get; private set; }

    /// <summary>Requests beyond this id came after our last GOAWAY.</summary>
    public int LastServedId { get; private set; } = int.MaxValue;

    /// <summary>The code of the peer's GOAWAY, or null.</summary>
    public Http2ErrorCode? PeerCode { get; private set; }

    /// <summary>The text of the peer's GOAWAY.</summary>
    public string PeerReason { get; private set; } = string.Empty;

    /// <summary>Whether either side wants the end.</summary>
    public bool IsDraining => HasBegun || PeerCode is not null;

    /// <summary>Begins to drain, once.</summary>
    public void Begin(Http2ErrorCode code)
    {
        if (HasBegun)
        {
            return;
        }

        HasBegun = true;
        _code = code;
        _begunAt = _clock.GetTimestamp();
        _connection.RefuseOpenQueue("The connection is draining.");
        if (_connection.Role == Http2Role.Client)
        {
            Finalise();
            return;
        }

        _connection.Sender.GoAway(int.MaxValue, code, default);
        _connection.Pings.Send(then: Finalise);
    }

    /// <summary>By the timer: does not wait for ever for the answer to the announcement.</summary>
    public void Tick()
    {
        if (HasBegun && !IsFinal && _clock.GetElapsedTime(_begunAt) >= AnnouncementLimit)
        {
            Finalise();
        }
    }

    /// <summary>The peer sent GOAWAY.</summary>
    public void ReceiveGoAway(int lastStreamId, Http2ErrorCode code, ReadOnlySpan<byte> debugData)
    {
        PeerCode = code;
        PeerReason = Encoding.Latin1.GetString(debugData[..Math.Min(debugData.Length, 256)]);
        _connection.RefuseOpenQueue("The peer is going away.");
        foreach (var stream in _connection.OpenStreams())
        {
            if (_connection.Role == Http2Role.Client && stream.StreamId > lastStreamId)
            {
                stream.Lose(new Http2StreamResetException(
                    Http2ErrorCode.RefusedStream, "The peer went away without touching the stream.", isSafeToRetry: true));
            }
        }

        CheckFinished();
    }

    /// <summary>A stream ended: perhaps it was the last.</summary>
    public void CheckFinished()
    {
        if (!_isFinishing && (IsFinal || PeerCode is not null) && _connection.ActiveStreamCount == 0)
        {
            _isFinishing = true;
            _connection.Wakes.Add(static connection => ((Http2Connection)connection).Finish(), _connection);
        }
    }

    private void Finalise()
    {
        if (IsFinal)
        {
            return;
        }

        IsFinal = true;
        LastServedId = _connection.LastPeerStreamId;
        _connection.Sender.GoAway(LastServedId, _code, default);
        _connection.CloseAcceptQueue();
        CheckFinished();
    }
}
