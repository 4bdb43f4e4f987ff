using System.Net;
using System.Security.Cryptography.X509Certificates;
using Engine.Edge.Certificates;
using Engine.Edge.Front;
using Engine.Edge.Listening;
using Engine.Edge.Registry;
using Engine.Transports;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Engine.Edge;

/// <summary>The public side: accepts connectors and visitors, and carries each visitor's request to a connector of the right tunnel.</summary>
/// <remarks>Started once and stopped once; members may be called from any thread after that.</remarks>
public sealed class EdgeServer : IAsyncDisposable
{
    private readonly EdgeOptions _options;
    private readonly ILoggerFactory _loggerFactory;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly IConnectionListenerFactory _transport;
    private readonly CancellationTokenSource _cut = new();
    private readonly Lock _lock = new();
    private readonly List<AcceptLoop> _publicLoops = [];
    private readonly ConnectionGate _visitorGate;
    private AcceptLoop? _tunnelLoop;
    private EdgeServices? _edge;
    private VisitorServer? _visitors;
    private TunnelServer? _tunnels;
    private CertificateAuthority? _authority;
    private CertificateFiles? _certificates;
    private Task? _stopping;

    /// <summary>Prepares an edge; nothing is opened before <see cref="StartAsync"/>.</summary>
    /// <param name="options">What to listen on, whom to admit, where to route.</param>
    /// <param name="loggerFactory">Where its log goes; none when null.</param>
    /// <param name="timeProvider">The clock; the system's when null.</param>
    /// <param name="transport">Byte transport under both kinds of listener, without TLS; sockets when null.</param>
    public EdgeServer(EdgeOptions options, ILoggerFactory? loggerFactory = null, TimeProvider? timeProvider = null, IConnectionListenerFactory? transport = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _loggerFactory = loggerFactory ?? NullLoggerFactory.Instance;
        _log = _loggerFactory.CreateLogger("Engine.Edge");
        _time = timeProvider ?? TimeProvider.System;
        _transport = transport ?? new SocketConnectionListenerFactory(loggerFactory: _loggerFactory);
        _visitorGate = new ConnectionGate(options.Limits.MaxVisitorConnections);
    }

    /// <summary>The addresses visitors can use, in the order of <see cref="EdgeOptions.PublicListeners"/>, with the ports really taken.</summary>
    public IReadOnlyList<EndPoint> PublicEndPoints
    {
        get
        {
            var all = new List<EndPoint>(_publicLoops.Count);
            foreach (var loop in _publicLoops)
            {
                all.Add(loop.EndPoint);
            }

            return all;
        }
    }

    /// <summary>The address connectors can dial, with the port really taken; null when there is no tunnel listener.</summary>
    public EndPoint? TunnelEndPoint => _tunnelLoop?.EndPoint;

    /// <summary>The file that holds the authority's certificate, for a connector's <c>--cacert</c>; null without a data folder.</summary>
    public string? CaCertificatePath { get; private set; }

    /// <summary>The authority's certificate, without its key.</summary>
    /// <exception cref="InvalidOperationException">The edge was not started.</exception>
    public X509Certificate2 CaCertificate => (_authority ?? throw NotStarted()).Certificate;

    /// <summary>How many connections of connectors are registered.</summary>
    public int RegisteredConnections => _edge?.Registry.Count ?? 0;

    /// <summary>Opens the data folder and the listeners; all of them, or it throws and none.</summary>
    /// <exception cref="EdgeConfigurationException">The options contradict themselves, or a file or folder cannot be used.</exception>
    /// <exception cref="AddressInUseException">Another program has one of the ports.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (_edge is not null)
        {
            throw new InvalidOperationException("The edge was started before. Create another one.");
        }

        var start = new EdgeStart(_options, _time);
        _edge = start.CreateServices(_log, _cut.Token);
        _visitors = new VisitorServer(_edge);
        _tunnels = new TunnelServer(_edge, new StaticTunnelAuthenticator(_options.Tunnels, _options.Location), _loggerFactory);
        (_authority, CaCertificatePath) = start.OpenAuthority();
        try
        {
            await BindAsync(start, cancellationToken);
        }
        catch
        {
            await DisposeLoopsAsync();
            throw;
        }

        _tunnelLoop?.Start(Task.CompletedTask);
        foreach (var loop in _publicLoops)
        {
            loop.Start(_options.VisitorsWaitForConnector ? _edge.FirstRegistration.Task : Task.CompletedTask);
        }
    }

    /// <summary>Stops accepting, lets running requests end, then lets the connectors go.</summary>
    /// <param name="cancellationToken">When it fires, what still runs is cut.</param>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        if (_edge is null)
        {
            return;
        }

        using var cut = cancellationToken.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), _cut);
        Task stopping;
        lock (_lock)
        {
            stopping = _stopping ??= StopOnceAsync();
        }

        await stopping;
    }

    /// <summary>Serves a connector's connection that another transport has accepted, TLS included; completes when it is over.</summary>
    public async Task RunTunnelConnectionAsync(ConnectionContext connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        var tunnels = _tunnels ?? throw NotStarted();
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await tunnels.RunAsync(connection);
    }

    /// <summary>Serves a visitor's connection that another transport has accepted; completes when it is over.</summary>
    public async Task RunVisitorConnectionAsync(ConnectionContext connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        _ = _visitors ?? throw NotStarted();
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        await AdmitAsync(connection);
    }

    /// <summary>Stops at once.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(new CancellationToken(canceled: true));
        await DisposeLoopsAsync();
        _certificates?.Dispose();
        _edge?.Dispose();
        _authority?.Dispose();
    }

    private async Task AdmitAsync(ConnectionContext connection)
    {
        if (!_visitorGate.TryEnter(out var isFirstRefusal))
        {
            if (isFirstRefusal && _edge!.Sampler.Take(LogKind.Limit))
            {
                EdgeLog.TooMany(_log, connection.RemoteEndPoint?.ToString() ?? "", _visitorGate.Limit);
            }

            connection.Abort(new ConnectionAbortedException("Too many visitors are connected."));
            await connection.DisposeAsync();
            return;
        }

        try
        {
            await _visitors!.RunAsync(connection);
        }
        finally
        {
            _visitorGate.Leave();
        }
    }

    private async Task BindAsync(EdgeStart start, CancellationToken cancellationToken)
    {
        if (_options.TunnelEndPoint is { } tunnelEndPoint)
        {
            var factory = new TlsConnectionListenerFactory(_transport, start.TunnelTls(_authority!), _loggerFactory, _time);
            var listener = await factory.BindAsync(tunnelEndPoint, cancellationToken);
            _tunnelLoop = new AcceptLoop(listener, _tunnels!.RunAsync, _time, _log);
            EdgeLog.ListeningForConnectors(_log, listener.EndPoint.ToString()!, CaCertificatePath ?? "an authority in memory");
        }

        TlsConnectionListenerFactory? tls = null;
        foreach (var options in _options.PublicListeners)
        {
            IConnectionListenerFactory factory = options.IsTls
                ? tls ??= new TlsConnectionListenerFactory(_transport, start.VisitorTls(_certificates ??= start.VisitorCertificates(_authority!, _log)), _loggerFactory, _time)
                : _transport;
            var listener = await factory.BindAsync(options.EndPoint, cancellationToken);
            _publicLoops.Add(new AcceptLoop(listener, AdmitAsync, _time, _log));
            EdgeLog.Listening(_log, listener.EndPoint.ToString()!, options.IsTls ? " over TLS" : "");
        }
    }

    private async Task StopOnceAsync()
    {
        _edge!.Stop();
        foreach (var loop in _publicLoops)
        {
            await loop.StopAsync();
        }

        if (_tunnelLoop is not null)
        {
            await _tunnelLoop.StopAsync();
        }

        _visitors!.Drain();
        await _visitorGate.WaitForEmptyAsync();
        await _tunnels!.DrainAsync();
    }

    private async ValueTask DisposeLoopsAsync()
    {
        foreach (var loop in _publicLoops)
        {
            await loop.DisposeAsync();
        }

        _publicLoops.Clear();
        if (_tunnelLoop is not null)
        {
            await _tunnelLoop.DisposeAsync();
            _tunnelLoop = null;
        }
    }

    private static InvalidOperationException NotStarted() => new("The edge was not started.");
}
