using Engine.Fields;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Engine.Http2;

/// <summary>One HTTP/2 connection (RFC 9113) over any byte transport, in either role.</summary>
/// <remarks>
/// Owns the transport from the constructor on and disposes of it when the connection is over. All members are thread-safe.
/// Continuations run inline in the receive loop or in whoever flushes, so that a handler must never block.
/// </remarks>
public sealed class Http2Connection : MultiplexedConnectionContext
{
    /// <summary>Creates a connection that does nothing before <see cref="RunAsync"/>.</summary>
    public Http2Connection(ConnectionContext transport, Http2Role role, Http2ConnectionOptions options)
    {
        ArgumentNullException.ThrowIfNull(transport);
        ArgumentNullException.ThrowIfNull(options);
        Role = role;
        ConnectionId = transport.ConnectionId;
    }

    /// <summary>Which side this is.</summary>
    public Http2Role Role { get; }

    /// <inheritdoc />
    public override string ConnectionId { get; set; }

    /// <inheritdoc />
    public override IFeatureCollection Features { get; } = new FeatureCollection();

    /// <inheritdoc />
    public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

    /// <summary>Whether a stream opened now would be sent: settings are exchanged, nothing is draining, ids are left.</summary>
    public bool IsOpenForStreams => throw new NotSupportedException();

    /// <summary>How many streams are open.</summary>
    public int ActiveStreamCount => throw new NotSupportedException();

    /// <summary>How many streams more the peer's limit lets us open now.</summary>
    public long AvailableSlots => throw new NotSupportedException();

    /// <summary>Whether either side announced the end, so that no new streams are opened.</summary>
    public bool IsDraining => throw new NotSupportedException();

    /// <summary>What the peer announced last.</summary>
    public Http2PeerSettings PeerSettings => throw new NotSupportedException();

    /// <summary>Completes when the peer's first SETTINGS arrived; fails when the connection ends before.</summary>
    public Task SettingsReceived => throw new NotSupportedException();

    /// <summary>The shortest round trip measured lately, or null before the first.</summary>
    public TimeSpan? RoundTripTime => throw new NotSupportedException();

    /// <summary>Drives the connection until it is over.</summary>
    /// <returns>How it ended: never an exception.</returns>
    public Task<Http2ConnectionEnd> RunAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Server role: the next request, its head complete; null when no more will come.</summary>
    public override ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Client role: opens a stream with a request head, waiting while the peer's limit of streams is reached.</summary>
    /// <exception cref="Http2StreamRefusedException">The connection is draining, closed or out of stream ids.</exception>
    public ValueTask<Http2Stream> OpenStreamAsync(FieldList head, bool endStream, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Client role: <see cref="OpenStreamAsync"/> with the <see cref="FieldList"/> that <paramref name="features"/> holds as the head.</summary>
    public override ValueTask<ConnectionContext> ConnectAsync(IFeatureCollection? features = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Ends the connection in order: no new streams, the running ones finish.</summary>
    /// <param name="code">What GOAWAY says.</param>
    /// <param name="cancellationToken">Cuts the streams that still run.</param>
    public ValueTask ShutdownAsync(Http2ErrorCode code = Http2ErrorCode.NoError, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Measures one round trip.</summary>
    public ValueTask<TimeSpan> PingAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <inheritdoc />
    public override void Abort() => Abort(new ConnectionAbortedException());

    /// <summary>Ends the connection at once; every stream and every waiter fails with <paramref name="abortReason"/>.</summary>
    public override void Abort(ConnectionAbortedException abortReason) => throw new NotSupportedException();
}
