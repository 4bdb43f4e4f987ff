using System.Net;
using Engine.Http2;
using Engine.Tunnels.Headers;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Engine.Tunnels;

/// <summary>The connector's side of one connection to an edge: registers it, and yields the streams that the edge opens.</summary>
/// <remarks>
/// Owns the transport. One caller accepts at a time; other members may be called from any thread. Nothing arrives, neither
/// streams nor the answer to the registration, unless someone accepts: call <see cref="AcceptAsync"/> in a loop from the start.
/// </remarks>
public sealed class TunnelConnection : MultiplexedConnectionContext
{
    // What may come before the edge's answer to the registration while the caller only waits for that.
    private const int MaxEarlyStreams = 256;

    private readonly Http2Connection _http2;
    private readonly TunnelConnectionOptions _options;
    private readonly ControlStream _control;
    private readonly ConfigurationReceiver _configuration;
    private readonly Queue<ConnectionContext> _early = new();
    private Task<ConnectionContext?>? _pending;
    private Task<TunnelConnectionEnd> _completion = null!;

    private TunnelConnection(ConnectionContext transport, TunnelRegistration registration, TunnelConnectionOptions options)
    {
        _options = options;
        Index = registration.ConnectionIndex;
        Log = options.LoggerFactory?.CreateLogger<TunnelConnection>() ?? NullLogger<TunnelConnection>.Instance;
        var http2 = Http2ConnectionOptions.Tunnel();
        http2.TimeProvider = options.TimeProvider;
        http2.Logger = options.LoggerFactory?.CreateLogger<Http2Connection>();
        _http2 = new Http2Connection(transport, Http2Role.Server, http2);
        var local = registration.LocalAddress ?? (transport.LocalEndPoint as IPEndPoint)?.Address;
        _control = new ControlStream(this, registration, local, options);
        _configuration = new ConfigurationReceiver(this, options);
    }

    /// <inheritdoc/>
    public override string ConnectionId
    {
        get => _http2.ConnectionId;
        set => _http2.ConnectionId = value;
    }

    /// <inheritdoc/>
    public override IFeatureCollection Features => _http2.Features;

    /// <inheritdoc/>
    public override IDictionary<object, object?> Items
    {
        get => _http2.Items;
        set => _http2.Items = value;
    }

    /// <summary>The connection's index in its connector.</summary>
    public int Index { get; }

    /// <summary>Completes with the edge's details when the connection is registered.</summary>
    /// <remarks>Faults with <see cref="RegistrationRefusedException"/> when the edge refuses, does not answer in time or goes
    /// away; the connection is then closed.</remarks>
    public Task<ConnectionDetails> Registered => _control.Registered;

    /// <summary>The edge's details.</summary>
    /// <exception cref="InvalidOperationException">The connection is not registered.</exception>
    public ConnectionDetails Details => _control.Registered.IsCompletedSuccessfully
        ? _control.Registered.Result
        : throw new InvalidOperationException("The connection is not registered.");

    /// <summary>The extensions that the edge announced on the control stream, without prefix; empty for a stranger.</summary>
    public IReadOnlyList<string> EdgeFeatures => _control.EdgeFeatures;

    /// <summary>Completes, never faults, when the connection is over.</summary>
    public Task<TunnelConnectionEnd> Completion => _completion;

    /// <summary>How many of the edge's streams are open, the control stream counted.</summary>
    public int ActiveStreams => _http2.ActiveStreamCount;

    internal ILogger Log { get; }

    /// <summary>Takes a connection that was dialled to an edge and starts to serve it; the registration goes on beside
    /// <see cref="AcceptAsync"/>, so that requests which come before the edge's answer are served.</summary>
    public static TunnelConnection Start(ConnectionContext transport, TunnelRegistration registration, TunnelConnectionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(transport);
        ArgumentNullException.ThrowIfNull(registration);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)registration.ConnectionIndex, byte.MaxValue, nameof(registration));
        var connection = new TunnelConnection(transport, registration, options ?? new TunnelConnectionOptions());
        connection._completion = connection.RunAsync();
        _ = connection._control.WatchOpeningAsync();
        return connection;
    }

    /// <summary>As <see cref="Start"/>, but returns when the connection is registered; streams that came before wait for
    /// <see cref="AcceptAsync"/>.</summary>
    /// <exception cref="RegistrationRefusedException">The edge refused, did not answer in time, or went away.</exception>
    public static async ValueTask<TunnelConnection> RegisterAsync(
        ConnectionContext transport, TunnelRegistration registration, TunnelConnectionOptions? options = null, CancellationToken cancellationToken = default)
    {
        var connection = Start(transport, registration, options);
        try
        {
            while (!connection.Registered.IsCompleted)
            {
                var pending = connection._pending ??= connection.AcceptNextAsync(default).AsTask();
                await Task.WhenAny(pending, connection.Registered).WaitAsync(cancellationToken);
                if (pending.IsCompleted && !connection.KeepEarly(pending))
                {
                    break;
                }
            }

            await connection.Registered.WaitAsync(cancellationToken);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits for the next stream; its features have an <see cref="ITunnelStreamFeature"/>. The caller disposes it.</summary>
    /// <returns>The stream, or null when no more will come.</returns>
    public override ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        if (_early.TryDequeue(out var early))
        {
            return new(early);
        }

        return _pending is { } pending ? AcceptPendingAsync(pending, cancellationToken) : AcceptNextAsync(cancellationToken);
    }

    /// <summary>Not supported: only the edge opens streams.</summary>
    public override ValueTask<ConnectionContext> ConnectAsync(IFeatureCollection? features = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("Only the edge opens streams.");

    /// <summary>Tells the edge the configuration that this connector runs with, for display. Of use on connection 0 of a
    /// tunnel that is not remotely managed.</summary>
    /// <exception cref="IOException">The edge refused, or is gone.</exception>
    /// <exception cref="TimeoutException">The edge did not answer in time.</exception>
    public ValueTask UpdateLocalConfigurationAsync(ReadOnlyMemory<byte> json, CancellationToken cancellationToken = default) =>
        _control.Client.UpdateLocalConfigurationAsync(json, cancellationToken);

    /// <summary>Asks the edge to send nothing new, and ends the control stream; running streams, and those that still come,
    /// go on until the edge closes the connection.</summary>
    /// <remarks>Returns at once when the connection is not registered. The control stream ends even when the call fails.</remarks>
    /// <exception cref="IOException">The edge refused, or is gone.</exception>
    /// <exception cref="TimeoutException">The edge did not answer in time.</exception>
    public ValueTask UnregisterAsync(CancellationToken cancellationToken = default) => _control.UnregisterAsync(cancellationToken);

    /// <inheritdoc/>
    public override void Abort() => _http2.Abort();

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason) => _http2.Abort(abortReason);

    /// <summary>Closes the connection in order, but without waiting for streams: what still runs is cut.</summary>
    public override async ValueTask DisposeAsync()
    {
        await CloseAsync(TimeSpan.Zero);
        _http2.Abort(new ConnectionAbortedException("The tunnel connection was disposed."));
        await _completion;
        while (_early.TryDequeue(out var early))
        {
            await early.DisposeAsync();
        }
    }

    /// <summary>Whether the connection itself has ended, so that what ends with it is no news.</summary>
    internal bool IsOver => _http2.IsDraining;

    /// <summary>Whether an extension may be used: the edge announced it, and we always do then.</summary>
    internal bool EdgeHas(string extension) => FeatureList.Has(_control.EdgeFeatures, extension);

    /// <summary>Ends the connection: no new streams, and running ones only for so long.</summary>
    internal async Task CloseAsync(TimeSpan limit)
    {
        using var cut = new CancellationTokenSource(limit, _options.TimeProvider);
        try
        {
            await _http2.ShutdownAsync(Http2ErrorCode.NoError, cut.Token);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException)
        {
            // It is over, which is what was wanted; Completion says how.
        }
    }

    private async Task<TunnelConnectionEnd> RunAsync()
    {
        var end = await _http2.RunAsync();
        _control.ConnectionEnded(end.Reason, end.Exception);
        // Once unregistered, the edge may close as it likes.
        return new TunnelConnectionEnd(end.IsClean || (_control.IsUnregistered && end.EndedBy != Http2EndedBy.Local), end.Reason, end.Exception);
    }

    private async ValueTask<ConnectionContext?> AcceptPendingAsync(Task<ConnectionContext?> pending, CancellationToken cancellationToken)
    {
        var stream = await pending.WaitAsync(cancellationToken);
        _pending = null;
        return stream;
    }

    private async ValueTask<ConnectionContext?> AcceptNextAsync(CancellationToken cancellationToken)
    {
        while (await _http2.AcceptAsync(cancellationToken) is { } accepted)
        {
            var stream = (Http2Stream)accepted;
            switch (RequestClassifier.Classify(stream.Head))
            {
                case RequestClass.ControlStream:
                    _control.Serve(stream);
                    break;
                case RequestClass.UpdateConfiguration:
                    _configuration.Serve(stream);
                    break;
                case RequestClass.WebSocket:
                    return new TunnelStream(this, stream, TunnelStreamKind.WebSocket);
                case RequestClass.Tcp:
                    return new TunnelStream(this, stream, TunnelStreamKind.Tcp);
                default:
                    return new TunnelStream(this, stream, TunnelStreamKind.Http);
            }
        }

        return null;
    }

    /// <summary>Keeps a stream that came while only the registration was waited for.</summary>
    /// <returns>False when no more will come.</returns>
    private bool KeepEarly(Task<ConnectionContext?> accepted)
    {
        if (!accepted.IsCompletedSuccessfully || accepted.Result is not { } stream)
        {
            return false;
        }

        _pending = null;
        _early.Enqueue(stream);
        // With the queue full nothing more is accepted; the answer to the registration still arrives, unless the control stream is in the rest.
        return _early.Count < MaxEarlyStreams;
    }
}
