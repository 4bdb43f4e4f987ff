using System.Net;
using Engine.Fields;
using Engine.Http2;
using Engine.Tunnels.Headers;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Engine.Tunnels;

/// <summary>The edge's side of one connection of a connector: registers it, and opens streams on it.</summary>
/// <remarks>Owns the transport. Every member may be called from any thread.</remarks>
public sealed class EdgeTunnelConnection : IAsyncDisposable
{
    // How long a connector has to take an end in good order.
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(1);

    private readonly Http2Connection _http2;
    private readonly EdgeTunnelOptions _options;
    private readonly EdgeControlStream _control;
    private readonly StreamCounter _streams = new();
    private readonly Lock _drainLock = new();
    private Task? _drain;
    private Task<TunnelConnectionEnd> _completion = null!;

    private EdgeTunnelConnection(ConnectionContext transport, ITunnelAuthenticator authenticator, EdgeTunnelOptions options)
    {
        _options = options;
        RemoteEndPoint = transport.RemoteEndPoint;
        Log = options.LoggerFactory?.CreateLogger<EdgeTunnelConnection>() ?? NullLogger<EdgeTunnelConnection>.Instance;
        var http2 = Http2ConnectionOptions.Tunnel();
        http2.TimeProvider = options.TimeProvider;
        http2.Logger = options.LoggerFactory?.CreateLogger<Http2Connection>();
        _http2 = new Http2Connection(transport, Http2Role.Client, http2);
        _control = new EdgeControlStream(this, authenticator, options);
    }

    /// <summary>What the connector said about itself, without the secret.</summary>
    public TunnelRegistrationRequest Registration => _control.Registration!;

    /// <summary>What the edge answered.</summary>
    public ConnectionDetails Details => _control.Details!;

    /// <summary>When it was registered.</summary>
    public DateTimeOffset RegisteredAt { get; private set; }

    /// <summary>Where the connection came from.</summary>
    public EndPoint? RemoteEndPoint { get; }

    /// <summary>Whether no new stream may be opened: the connector unregistered, or the connection is ending.</summary>
    public bool IsDraining => _streams.IsClosed || _http2.IsDraining || _completion.IsCompleted;

    /// <summary>How many streams are running, the control stream not counted.</summary>
    public int ActiveStreams => _streams.Count;

    /// <summary>The last round trip measured, or null.</summary>
    public TimeSpan? RoundTripTime => _http2.RoundTripTime;

    /// <summary>Completes, never faults, when the connection is over.</summary>
    public Task<TunnelConnectionEnd> Completion => _completion;

    /// <summary>The configuration that the connector says it runs with, as UTF-8 JSON; for display only. Empty when it sent none.</summary>
    public ReadOnlyMemory<byte> LocalConfiguration => _control.LocalConfiguration;

    internal ILogger Log { get; }

    internal bool HasErrorCodes { get; private set; }

    /// <summary>Takes a connection that a connector dialled, opens the control stream and waits for the registration.</summary>
    /// <returns>The registered connection, or null when the connector was refused, was none, or took too long; it is closed and logged then.</returns>
    /// <exception cref="OperationCanceledException">The wait was cancelled; the connection is closed.</exception>
    public static async ValueTask<EdgeTunnelConnection?> AcceptAsync(
        ConnectionContext transport, ITunnelAuthenticator authenticator, EdgeTunnelOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transport);
        ArgumentNullException.ThrowIfNull(authenticator);
        var connection = new EdgeTunnelConnection(transport, authenticator, options ?? new EdgeTunnelOptions());
        connection._completion = connection.RunAsync();
        try
        {
            if (await connection.RegisterAsync(cancellationToken))
            {
                return connection;
            }
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }

        await connection.DisposeAsync();
        return null;
    }

    /// <summary>Whether the connector announced one of our extensions, and this edge did too.</summary>
    public bool HasExtension(string name) =>
        FeatureList.Has(_options.Features, name) && FeatureList.Has(Registration.Features, TunnelFeatures.ExtensionPrefix + name);

    /// <summary>Opens a stream for a visitor.</summary>
    /// <param name="kind">What it carries. Only <see cref="TunnelStreamKind.Http"/> goes together with <paramref name="endStream"/>.</param>
    /// <param name="head">Pseudo-fields first, then the visitor's fields; what the kind needs is added, and what must not cross a
    /// tunnel is removed, in the list itself. A TCP stream needs <c>cf-cloudflared-proxy-src</c> with the visitor's address in it.</param>
    /// <param name="endStream">Whether the request has no body.</param>
    /// <param name="cancellationToken">Ends the wait for a free stream.</param>
    /// <exception cref="Http2StreamRefusedException">The connection is draining or closed; it says whether another one may be tried.</exception>
    public async ValueTask<EdgeStream> OpenAsync(TunnelStreamKind kind, FieldList head, bool endStream, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(head);
        if (endStream && kind != TunnelStreamKind.Http)
        {
            throw new ArgumentException("A stream of this kind is a byte pipe, and cannot end with its head.", nameof(endStream));
        }

        RequestHead.Prepare(kind, head);
        if (!_streams.TryAdd())
        {
            throw new Http2StreamRefusedException("The tunnel connection is draining.", isSafeToRetry: true);
        }

        try
        {
            return new EdgeStream(this, await _http2.OpenStreamAsync(head, endStream, cancellationToken), kind);
        }
        catch
        {
            _streams.Remove();
            throw;
        }
    }

    /// <summary>Sends a configuration and waits for the connector's verdict.</summary>
    /// <exception cref="IOException">The connector takes none, answered what is no answer, or is gone.</exception>
    /// <exception cref="TimeoutException">It did not answer in time.</exception>
    public async ValueTask<ConfigurationResult> PushConfigurationAsync(int version, ReadOnlyMemory<byte> json, CancellationToken cancellationToken = default)
    {
        if (!_streams.TryAdd())
        {
            throw new Http2StreamRefusedException("The tunnel connection is draining.", isSafeToRetry: true);
        }

        try
        {
            return await new ConfigurationSender(_http2, _options).SendAsync(version, json, cancellationToken);
        }
        finally
        {
            _streams.Remove();
        }
    }

    /// <summary>Opens no new streams, waits for the running ones, then says GOAWAY and closes. Cancelling cuts what still runs.</summary>
    public async ValueTask DrainAsync(CancellationToken cancellationToken = default)
    {
        Task drain;
        lock (_drainLock)
        {
            drain = _drain ??= DrainCoreAsync();
        }

        try
        {
            await drain.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await CloseAsync(TimeSpan.Zero);
        }
    }

    /// <summary>Closes the connection at once.</summary>
    public void Abort(string reason) => _http2.Abort(new ConnectionAbortedException(reason));

    /// <summary>Closes the connection; running streams are cut.</summary>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync(TimeSpan.Zero);
        Abort("The tunnel connection was disposed.");
        await _completion;
    }

    /// <summary>Called by a stream that was disposed.</summary>
    internal void StreamEnded() => _streams.Remove();

    private async Task<TunnelConnectionEnd> RunAsync()
    {
        var end = await _http2.RunAsync();
        return new TunnelConnectionEnd(end.IsClean || _control.IsUnregistered, end.Reason, end.Exception);
    }

    /// <summary>Registers within the time limit; whatever goes wrong costs one log line.</summary>
    private async ValueTask<bool> RegisterAsync(CancellationToken cancellationToken)
    {
        var registering = _control.RegisterAsync(_http2);
        try
        {
            await registering.WaitAsync(_options.RegistrationTimeout, _options.TimeProvider, cancellationToken);
        }
        catch (TimeoutException)
        {
            TunnelLog.NotRegistered(Log, RemoteEndPoint, $"it did not register within {_options.RegistrationTimeout.TotalSeconds:0} s");
            // A peer that stalls would not take a farewell either. What its end does to the registration is no news.
            _ = registering.ContinueWith(static task => task.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            Abort("The connection was not registered in time.");
            return false;
        }
        catch (Exception error) when (error is IOException or FormatException or InvalidOperationException or OperationCanceledException)
        {
            if (cancellationToken.IsCancellationRequested)
            {
                Abort("The edge stopped waiting for the registration.");
                throw new OperationCanceledException(error.Message, error, cancellationToken);
            }

            if (error is ConnectionResetException && !_http2.SettingsReceived.IsCompletedSuccessfully)
            {
                TunnelLog.ClosedUnused(Log, RemoteEndPoint, error.Message);
            }
            else
            {
                TunnelLog.NotRegistered(Log, RemoteEndPoint, error.Message);
            }

            return false;
        }

        if (Details is null)
        {
            // The refusal was logged with its cause; the connector gets a moment to read it.
            await CloseAsync(CloseTimeout);
            return false;
        }

        RegisteredAt = _options.TimeProvider.GetUtcNow();
        HasErrorCodes = HasExtension(TunnelFeatures.ErrorCodes);
        _ = ServeControlAsync();
        return true;
    }

    /// <summary>Follows the control stream to its end; then nothing new is sent to this connector.</summary>
    private async Task ServeControlAsync()
    {
        await _control.Ended;
        using var cut = new CancellationTokenSource(_options.DrainTimeout, _options.TimeProvider);
        await DrainAsync(cut.Token);
    }

    private async Task DrainCoreAsync()
    {
        await _streams.CloseAsync();
        await _control.CompleteAsync();
        await CloseAsync(CloseTimeout);
    }

    private async Task CloseAsync(TimeSpan limit)
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
}
