using Engine.Fields;
using Engine.Http2.Connections;
using Engine.Http2.Receiving;
using Engine.Http2.FlowControl;
using Engine.Http2.Hpack;
using Engine.Http2.Sending;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Engine.Http2;

/// <summary>One HTTP/2 connection (RFC 9113) over any byte transport, in either role.</summary>
/// <remarks>
/// Owns the transport from the constructor on and disposes of it when the connection is over. All members are thread-safe.
/// Continuations run inline in the receive loop or in whoever flushes, so that a handler must never block. One gate guards the state of the
/// connection and of its streams; it is never held while foreign code runs or anything is awaited.
/// </remarks>
public sealed partial class Http2Connection : MultiplexedConnectionContext
{
    private readonly ConnectionContext _transport;
    private readonly Http2ConnectionOptions _options;
    private readonly CancellationTokenSource _closed = new();
    private readonly TaskCompletionSource<Http2ConnectionEnd> _completion = new();
    private IFeatureCollection? _features;
    private IDictionary<object, object?>? _items;
    private int _started;

    /// <summary>Creates a connection that sends and receives nothing before <see cref="RunAsync"/>.</summary>
    public Http2Connection(ConnectionContext transport, Http2Role role, Http2ConnectionOptions options)
    {
        ArgumentNullException.ThrowIfNull(transport);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _transport = transport;
        _options = options;
        Role = role;
        ConnectionId = transport.ConnectionId;
        LocalEndPoint = transport.LocalEndPoint;
        RemoteEndPoint = transport.RemoteEndPoint;

        var decoder = new HpackDecoder(options.HeaderTableSize);
        var abuse = new AbuseMeter(options);
        Wakes = new WakeQueue(Gate);
        Sender = new FrameSender(Gate, Wakes, transport.Transport.Output, new SendScheduler(), SendingFailed);
        Share = new SendShare(role == Http2Role.Client && options.Profile == Http2Profile.Tunnel);
        Flow = new ReceiveFlow(options, Sender);
        Pings = new Pings(options, Wakes, Sender, Flow);
        Settings = new SettingsExchange(this, options, Sender, decoder);
        Drain = new Drain(this, options.TimeProvider);
        Liveness = new Liveness(this, options);
        _streams = new StreamTable(role, options);
        _accepts = new AcceptQueue(this);
        _opens = new OpenQueue(this);
        _headers = new HeadersReceiver(this, options, decoder, abuse);
        _receive = new ReceiveLoop(this, transport.Transport.Input, new FrameDispatcher(this, _headers, abuse), options);
        Announce();
    }

    /// <summary>Which side this is.</summary>
    public Http2Role Role { get; }

    /// <inheritdoc />
    public override string ConnectionId { get; set; }

    /// <inheritdoc />
    public override IFeatureCollection Features => _features ??= new FeatureCollection();

    /// <inheritdoc />
    public override IDictionary<object, object?> Items
    {
        get => _items ??= new Dictionary<object, object?>();
        set => _items = value;
    }

    /// <summary>Fires when the connection is over.</summary>
    public override CancellationToken ConnectionClosed
    {
        get => _closed.Token;
        set => throw new NotSupportedException("A connection's end is its own to tell.");
    }

    /// <summary>Client role: whether a stream opened now would be sent: settings are exchanged, nothing is draining, ids are left.</summary>
    public bool IsOpenForStreams => Role == Http2Role.Client && Settings.IsReceived && !IsDraining;

    /// <summary>How many streams are open.</summary>
    public int ActiveStreamCount => _streams.Count;

    /// <summary>Client role: how many streams more the peer's limit lets us open now.</summary>
    public long AvailableSlots => IsDraining ? 0 : Math.Max(0, SlotLimit - _streams.Count - _opens.Count);

    /// <summary>Whether either side announced the end, so that no new streams are opened.</summary>
    public bool IsDraining => Drain.IsDraining || HasEnded;

    /// <summary>What the peer announced last.</summary>
    public Http2PeerSettings PeerSettings => Settings.Peer;

    /// <summary>Completes when the peer's first SETTINGS arrived; fails when the connection ends before.</summary>
    public Task SettingsReceived => Settings.Received;

    /// <summary>The shortest round trip measured lately, or null before the first.</summary>
    public TimeSpan? RoundTripTime => Pings.RoundTripTime;

    /// <summary>Drives the connection until it is over and the transport is disposed of.</summary>
    /// <param name="cancellationToken">Aborts the connection.</param>
    /// <returns>How it ended: never an exception.</returns>
    public async Task<Http2ConnectionEnd> RunAsync(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _started, 1) != 0)
        {
            throw new InvalidOperationException("A connection runs once.");
        }

        await using (cancellationToken.UnsafeRegister(
            static connection => ((Http2Connection)connection!).Abort(new ConnectionAbortedException("The connection was cancelled.")), this))
        {
            Liveness.Start();
            Sender.Uncork();
            await ReceiveAsync();
            await CloseTransportAsync();
        }

        _completion.TrySetResult(_end!);
        return _end!;
    }

    /// <summary>Server role: the next request, its head complete; null when no more will come.</summary>
    /// <exception cref="InvalidOperationException">Another call waits already.</exception>
    public override ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        lock (Gate)
        {
            return _accepts.AcceptAsync(cancellationToken);
        }
    }

    /// <summary>Client role: opens a stream with a request head, waiting while the peer's limit of streams is reached.</summary>
    /// <param name="head">The pseudo-fields and fields; it must not change before the call has completed.</param>
    /// <param name="endStream">Whether there is no body.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="Http2StreamRefusedException">The connection is draining, closed or out of stream ids, or the peer can't take the request.</exception>
    public ValueTask<Http2Stream> OpenStreamAsync(FieldList head, bool endStream, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(head);
        if (Role != Http2Role.Client)
        {
            throw new InvalidOperationException("A server opens no streams: push is not supported.");
        }

        OpenQueue.Request? request = null;
        Http2Stream? stream = null;
        lock (Gate)
        {
            if (RefusalOf(head) is { } refusal)
            {
                return ValueTask.FromException<Http2Stream>(refusal);
            }

            if (_opens.Count == 0 && HasSlot)
            {
                stream = Open(head, endStream);
            }
            else
            {
                request = _opens.Add(head, endStream);
            }
        }

        Leave();
        return stream is not null ? new ValueTask<Http2Stream>(stream) : WaitForSlotAsync(request!, cancellationToken);
    }

    /// <summary>Client role: <see cref="OpenStreamAsync"/> with the <see cref="FieldList"/> that <paramref name="features"/> holds as the head; the body stays open.</summary>
    public override async ValueTask<ConnectionContext> ConnectAsync(IFeatureCollection? features = null, CancellationToken cancellationToken = default)
    {
        var head = features?.Get<FieldList>() ?? throw new ArgumentException("The features must hold the request head as a FieldList.", nameof(features));
        return await OpenStreamAsync(head, endStream: false, cancellationToken);
    }

    /// <summary>Ends the connection in order: no new streams, the running ones finish.</summary>
    /// <param name="code">What GOAWAY says.</param>
    /// <param name="cancellationToken">Cuts the streams that still run.</param>
    /// <remarks>Completes when the connection is over, whichever way.</remarks>
    public async ValueTask ShutdownAsync(Http2ErrorCode code = Http2ErrorCode.NoError, CancellationToken cancellationToken = default)
    {
        if (Volatile.Read(ref _started) == 0)
        {
            await DisposeAsync();
            return;
        }

        lock (Gate)
        {
            if (!HasEnded)
            {
                Drain.Begin(code);
            }
        }

        Leave();
        await using (cancellationToken.UnsafeRegister(static connection => ((Http2Connection)connection!).Cut(), this))
        {
            await _completion.Task;
        }
    }

    /// <summary>Measures one round trip.</summary>
    public ValueTask<TimeSpan> PingAsync(CancellationToken cancellationToken = default)
    {
        var caller = new TaskCompletionSource<TimeSpan>();
        lock (Gate)
        {
            if (HasEnded)
            {
                return ValueTask.FromException<TimeSpan>(EndedException());
            }

            Pings.Send(caller);
        }

        Leave();
        return new ValueTask<TimeSpan>(caller.Task.WaitAsync(cancellationToken));
    }

    /// <inheritdoc />
    public override void Abort() => Abort(new ConnectionAbortedException("The connection was aborted by this side."));

    /// <summary>Ends the connection at once; every stream and every waiter fails with <paramref name="abortReason"/>.</summary>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        ArgumentNullException.ThrowIfNull(abortReason);
        Conclude(new Http2ConnectionEnd(Http2EndedBy.Local, Http2ErrorCode.InternalError, abortReason.Message, abortReason), abort: true);
    }

    /// <summary>Aborts the connection if it still runs, and waits until it is over.</summary>
    public override async ValueTask DisposeAsync()
    {
        Abort(new ConnectionAbortedException("The connection was disposed of."));
        if (Interlocked.Exchange(ref _started, 1) == 0)
        {
            await CloseTransportAsync();
            _completion.TrySetResult(_end!);
        }

        await _completion.Task;
    }
}
