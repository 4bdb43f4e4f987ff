using Engine.Fields;
using Engine.Http2.Connections;
using Engine.Http2.Receiving;
using Engine.Http2.FlowControl;
using Engine.Http2.Sending;

namespace Engine.Http2;

/// <summary>What the parts of a connection share. Unless said otherwise, everything here runs under <see cref="Gate"/>.</summary>
public sealed partial class Http2Connection
{
    // Before the peer has said how many streams it takes, as many as servers commonly do.
    private const int SlotsBeforeSettings = 100;

    private readonly StreamTable _streams;
    private readonly AcceptQueue _accepts;
    private readonly OpenQueue _opens;
    private readonly HeadersReceiver _headers;
    private readonly ReceiveLoop _receive;

    /// <summary>Guards the state of the connection and its streams.</summary>
    internal Lock Gate { get; } = new();

    internal WakeQueue Wakes { get; }

    internal FrameSender Sender { get; }

    internal ReceiveFlow Flow { get; }

    internal Pings Pings { get; }

    internal SettingsExchange Settings { get; }

    internal Drain Drain { get; }

    internal Liveness Liveness { get; }

    /// <summary>Whether another stream may be opened by us.</summary>
    internal bool HasSlot => !IsDraining && _streams.Count < SlotLimit;

    /// <summary>How much of the connection's send window one stream may hold.</summary>
    internal SendShare Share { get; }

    /// <summary>The highest stream id that the peer has used.</summary>
    internal int LastPeerStreamId => _streams.LastPeerId;

    private long SlotLimit => Settings.IsReceived ? Settings.Peer.MaxConcurrentStreams : SlotsBeforeSettings;

    /// <summary>Outside of the gate: runs the continuations that became due, and sends what was written.</summary>
    internal void Leave()
    {
        Wakes.Run();
        Sender.Flush();
    }

    /// <summary>The receive window of a new stream.</summary>
    internal ReceiveWindow NewReceiveWindow()
    {
        // Until the peer has read our SETTINGS it may count from the default of the RFC (§6.9.2).
        var size = Settings.InitialWindow;
        return new ReceiveWindow(size, Settings.IsAcknowledged ? size : Math.Max(size, 65_535), _options.TimeProvider.GetTimestamp());
    }

    internal Http2Stream? FindStream(int streamId) => _streams.Find(streamId);

    internal bool IsIdle(int streamId) => _streams.IsIdle(streamId);

    internal ClosedBy CauseOf(int streamId) => _streams.CauseOf(streamId);

    internal void UsePeerId(int streamId) => _streams.Use(streamId);

    /// <summary>The open streams as they are now; the table may change while they are visited.</summary>
    internal Http2Stream[] OpenStreams() => [.. _streams.Open];

    /// <summary>Whether a request is served: not after our last GOAWAY, not beyond the limit of streams.</summary>
    internal bool MayServe(int streamId)
    {
        if (HasEnded || streamId > Drain.LastServedId || _streams.Count >= _options.MaxConcurrentStreams)
        {
            return false;
        }

        // Streams that were reset still cost until their handlers let go (CVE-2023-44487).
        return _options.Profile == Http2Profile.Tunnel || _streams.Owned < 2L * _options.MaxConcurrentStreams;
    }

    /// <summary>Refuses a request before anything was done with it.</summary>
    internal void RefuseStream(int streamId)
    {
        _streams.Refuse(streamId);
        Sender.ResetStream(streamId, Http2ErrorCode.RefusedStream);
    }

    /// <summary>Answers 431 (RFC 6585 §5) to a request whose head was not kept.</summary>
    internal void RefuseLargeHead(int streamId, bool endStream)
    {
        var answer = new FieldList();
        answer.Add(":status"u8, "431"u8);
        answer.Add("content-length"u8, "0"u8);
        Sender.Headers(streamId, answer, endStream: true);
        _streams.Refuse(streamId);
        if (!endStream)
        {
            Sender.ResetStream(streamId, Http2ErrorCode.NoError);
        }
    }

    /// <summary>Gives a request to whoever accepts.</summary>
    internal void AddRequest(int streamId, FieldList head, bool endStream, long? contentLength)
    {
        var stream = new Http2Stream(this, streamId, Settings.Peer.InitialWindowSize);
        _streams.Add(stream);
        stream.ReceiveRequest(head, endStream, contentLength);
        Liveness.Used();
        _accepts.Add(stream);
    }

    /// <summary>Opens a stream of our own.</summary>
    internal Http2Stream Open(FieldList head, bool endStream)
    {
        var stream = new Http2Stream(this, _streams.TakeLocalId(), Settings.Peer.InitialWindowSize);
        _streams.Add(stream);
        stream.SendRequest(head, endStream);
        Liveness.Used();
        if (_streams.IsOutOfIds)
        {
            Drain.Begin(Http2ErrorCode.NoError);
        }

        return stream;
    }

    /// <summary>Takes the gate: a frame broke a rule on one stream.</summary>
    internal void ResetForError(Http2StreamException error)
    {
        if (_options.Logger is { } logger)
        {
            Http2Log.StreamError(logger, ConnectionId, error.StreamId, error.ErrorCode, error.Message);
        }

        lock (Gate)
        {
            if (_streams.Find(error.StreamId) is { } stream)
            {
                stream.ResetForError(error.ErrorCode, error.Message);
                return;
            }

            _streams.Refuse(error.StreamId);
            Sender.ResetStream(error.StreamId, error.ErrorCode);
        }
    }

    /// <summary>A stream is over on the wire.</summary>
    internal void StreamClosed(Http2Stream stream, ClosedBy cause)
    {
        if (_streams.Remove(stream, cause))
        {
            Liveness.Used();
            _opens.Serve();
            Drain.CheckFinished();
        }
    }

    /// <summary>A stream's owner has let go.</summary>
    internal void StreamReleased() => _streams.Released();

    internal void ServeOpenQueue() => _opens.Serve();

    internal void RefuseOpenQueue(string reason) => _opens.Refuse(reason);

    internal void CloseAcceptQueue() => _accepts.Close();

    private Http2StreamRefusedException? RefusalOf(FieldList head)
    {
        if (HasEnded)
        {
            return new Http2StreamRefusedException($"The connection is over: {_end!.Reason}", isSafeToRetry: true);
        }

        if (IsDraining)
        {
            return new Http2StreamRefusedException("The connection is draining; open the stream on another.", isSafeToRetry: true);
        }

        if (head.Contains(":protocol"u8) && Settings.IsReceived && !Settings.Peer.EnableConnectProtocol)
        {
            return new Http2StreamRefusedException("The peer does not take extended CONNECT (RFC 8441).", isSafeToRetry: true);
        }

        return Settings.IsReceived && head.Size > Settings.Peer.MaxHeaderListSize
            ? new Http2StreamRefusedException($"The head has {head.Size} octets and the peer takes {Settings.Peer.MaxHeaderListSize}.", isSafeToRetry: false)
            : null;
    }

    private async ValueTask<Http2Stream> WaitForSlotAsync(OpenQueue.Request request, CancellationToken cancellationToken)
    {
        await using (cancellationToken.UnsafeRegister(
            static (state, token) =>
            {
                var (connection, request) = ((Http2Connection, OpenQueue.Request))state!;
                bool removed;
                lock (connection.Gate)
                {
                    removed = connection._opens.TryRemove(request);
                }

                if (removed)
                {
                    request.TrySetCanceled(token);
                }
            },
            (this, request)))
        {
            return await request.Task;
        }
    }

    private void Announce()
    {
        lock (Gate)
        {
            if (Role == Http2Role.Client)
            {
                Sender.Preface(ReceiveLoop.Preface);
            }

            Settings.Announce();
        }
    }
}
