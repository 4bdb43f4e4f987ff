using System.Net;
using Engine.Hosting.Configuration;
using Engine.Hosting.Status;
using Engine.Protocols.Http;
using Engine.Transports;
using Engine.Tunnels;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Engine.Hosting;

/// <summary>Runs a connector, its status server and, when no edge is named, an edge in the same process.</summary>
/// <remarks>Started and run once; owns everything it starts.</remarks>
public sealed partial class ConnectorHost : IAsyncDisposable
{
    private static readonly TimeSpan EdgeStopTimeout = TimeSpan.FromSeconds(5);

    private readonly ConnectorSettings _settings;
    private readonly ILoggerFactory _loggerFactory;
    private readonly ILogger _log;
    private readonly TimeProvider _time;
    private readonly ConnectorOptions _options;
    private readonly StatusServer _status;
    private EmbeddedEdge? _edge;
    private Connector? _connector;
    private int _hasRegistered;

    /// <summary>Prepares a connector; nothing is opened before <see cref="StartAsync"/>.</summary>
    /// <param name="settings">What to run.</param>
    /// <param name="version">The version to tell the edge.</param>
    /// <param name="loggerFactory">Where the log goes.</param>
    /// <param name="timeProvider">The clock; the system's when null.</param>
    public ConnectorHost(ConnectorSettings settings, string version, ILoggerFactory loggerFactory, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(loggerFactory);
        _settings = settings;
        _loggerFactory = loggerFactory;
        _log = loggerFactory.CreateLogger<ConnectorHost>();
        _time = timeProvider ?? TimeProvider.System;
        _options = new ConnectorOptions
        {
            Connections = settings.Connections,
            GracePeriod = settings.GracePeriod,
            Version = version,
            TimeProvider = _time,
            LoggerFactory = loggerFactory,
            OnStatusChanged = OnStatusChanged,
            LocalConfiguration = () => LocalConfiguration.Write(_connector?.Ingress ?? _settings.Rules),
        };
        _status = new StatusServer(() => new ReadyStatus(_connector?.ReadyConnections ?? 0, _options.ConnectorId), loggerFactory, _time);
    }

    /// <summary>Where visitors find the rules; empty when the edge is elsewhere.</summary>
    public IReadOnlyList<PublicAddress> Addresses => _edge?.Addresses(_settings.Rules) ?? [];

    /// <summary>The address of <c>/ready</c>.</summary>
    public IPEndPoint StatusEndPoint => _status.EndPoint;

    /// <summary>The edge's address that visitors connect to, or null when the edge is elsewhere.</summary>
    public IPEndPoint? VisitorEndPoint => _edge?.EndPoint;

    /// <summary>Opens every listener and builds the connector.</summary>
    /// <exception cref="HostStartException">A listener is not to be had, or a rule leads back to one of them.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            await _status.StartAsync(_settings.Metrics, cancellationToken);
            if (_settings.IsEmbedded)
            {
                _edge = new EmbeddedEdge(_settings, _loggerFactory, _time);
                await _edge.StartAsync(cancellationToken);
            }
        }
        catch (Exception exception) when (exception is AddressInUseException or IOException or UnauthorizedAccessException or Edge.EdgeConfigurationException)
        {
            throw new HostStartException([StartFault(exception)], exception);
        }

        var listeners = new List<(IPEndPoint, string)> { (_status.EndPoint, "the metrics address") };
        listeners.AddRange(_edge?.Listeners.Select(endPoint => (endPoint, "the public address")) ?? []);
        var faults = await OwnListeners.FindAsync(_settings.Rules, listeners, cancellationToken);
        if (faults.Count > 0)
        {
            throw new HostStartException(faults);
        }

        _connector = Build();
        ConnectorIdGenerated(_log, _options.ConnectorId);
    }

    /// <summary>Runs until <paramref name="stop"/>: then unregisters, lets running requests end within the grace period, and returns.</summary>
    /// <exception cref="RegistrationRefusedException">The edge refused the tunnel for good.</exception>
    public async Task RunAsync(CancellationToken stop)
    {
        var connector = _connector ?? throw new InvalidOperationException("The host was not started.");
        await connector.RunAsync(stop);
        if (_edge is not null)
        {
            // The connector has let its streams end, so that only visitors' idle connections are left.
            using var cut = new CancellationTokenSource(EdgeStopTimeout, _time);
            await _edge.StopAsync(cut.Token);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_connector is not null)
        {
            await _connector.DisposeAsync();
        }

        if (_edge is not null)
        {
            await _edge.DisposeAsync();
        }

        await _status.DisposeAsync();
    }

    private Connector Build()
    {
        var builder = new ConnectorBuilder().Configure(_options).UseIngress(_settings.Rules);
        if (_edge is not null)
        {
            builder.UseCredentials(_edge.Credentials).UseEdge(EmbeddedEdge.Name).UseTransport(_edge);
        }
        else
        {
            builder
                .UseCredentials(_settings.Credentials!)
                .UseEdge([.. _settings.Edges])
                .UseTransport(new SocketConnectionFactory(new SocketTransportOptions { BindAddress = _settings.BindAddress }, _loggerFactory, _time))
                .UseTls(new TlsClientOptions { ServerName = ConnectorBuilder.DefaultServerName, Roots = _settings.EdgeAuthorities });
        }

        builder.UseHttpOrigins(new HttpOriginOptions { Tags = _settings.Tags, LoggerFactory = _loggerFactory, TimeProvider = _time });
        return builder.Build();
    }

    private string StartFault(Exception exception) => exception is AddressInUseException && _edge is not null
        ? $"{exception.Message} Free the port, or choose another one with --http-port (or 'http-port:' in the file)."
        : exception is AddressInUseException
            ? $"{exception.Message} Free the port, or choose another one with --metrics (or 'metrics:' in the file)."
            : exception.Message;

    /// <summary>After the first registration, whoever started the program is told: the process id in a file, and systemd.</summary>
    private void OnStatusChanged(ConnectorConnectionStatus status)
    {
        if (status.State != ConnectorConnectionState.Ready || Interlocked.Exchange(ref _hasRegistered, 1) != 0)
        {
            return;
        }

        try
        {
            ReadyNotice.Send(_settings.PidFile);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or System.Net.Sockets.SocketException)
        {
            NoticeFailed(_log, exception.Message);
        }
    }

    [LoggerMessage(8010, LogLevel.Information, "Generated Connector ID: {connectorId}")]
    private static partial void ConnectorIdGenerated(ILogger logger, Guid connectorId);

    [LoggerMessage(8011, LogLevel.Warning, "Could not tell that the tunnel is ready: {reason}")]
    private static partial void NoticeFailed(ILogger logger, string reason);
}
