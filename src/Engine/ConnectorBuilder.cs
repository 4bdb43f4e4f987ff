using System.Net;
using Engine.Ingress;
using Engine.Transports;
using Engine.Tunnels;
using Microsoft.AspNetCore.Connections;

namespace Engine;

/// <summary>Puts a connector together: identity, edge, transport, ingress, handlers, middleware.</summary>
/// <remarks>Not thread-safe. A builder builds one connector.</remarks>
public sealed class ConnectorBuilder
{
    /// <summary>The TLS name of the HTTP/2 edge, which its certificate must have.</summary>
    public const string DefaultServerName = "h2.cftunnel.com";

    private readonly List<Func<ConnectionDelegate, ConnectionDelegate>> _middleware = [];
    private readonly Dictionary<string, ConnectionDelegate> _handlers = new(StringComparer.OrdinalIgnoreCase);
    private readonly List<IAsyncDisposable> _owned = [];
    private readonly List<EndPoint> _edge = [];
    private TunnelCredentials? _credentials;
    private IConnectionFactory? _transport;
    private TlsClientOptions? _tls;
    private IngressRules? _ingress;
    private bool _isBuilt;

    /// <summary>The options so far; <see cref="Configure(ConnectorOptions)"/> replaces them.</summary>
    public ConnectorOptions Options { get; private set; } = new();

    /// <summary>The tunnel to serve.</summary>
    public ConnectorBuilder UseCredentials(TunnelCredentials credentials)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        _credentials = credentials;
        return this;
    }

    /// <summary>Adds edge addresses. Equal ones count one by one.</summary>
    public ConnectorBuilder UseEdge(params EndPoint[] addresses)
    {
        ArgumentNullException.ThrowIfNull(addresses);
        _edge.AddRange(addresses);
        return this;
    }

    /// <summary>What dials the edge. As it is: without <see cref="UseTls"/> it has to bring TLS itself, or the wire is clear text.</summary>
    public ConnectorBuilder UseTransport(IConnectionFactory transport)
    {
        ArgumentNullException.ThrowIfNull(transport);
        _transport = transport;
        return this;
    }

    /// <summary>Speaks TLS over the transport. Without this and <see cref="UseTransport"/> it is sockets, the system's roots and <see cref="DefaultServerName"/>.</summary>
    public ConnectorBuilder UseTls(TlsClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _tls = options;
        return this;
    }

    /// <summary>The rules to begin with; <see cref="Connector.Reload"/> replaces them.</summary>
    public ConnectorBuilder UseIngress(IngressRules rules)
    {
        ArgumentNullException.ThrowIfNull(rules);
        _ingress = rules;
        return this;
    }

    /// <summary>Who carries streams to origins of a scheme; a later call for the same scheme replaces the earlier one.</summary>
    /// <remarks>
    /// The handler finds <see cref="ITunnelStreamFeature"/> and <see cref="IOriginFeature"/> on the stream's features, runs inline on the
    /// thread that received the stream's head, and must not block it. The stream is disposed when the handler's task ends.
    /// </remarks>
    public ConnectorBuilder HandleOrigin(string scheme, ConnectionDelegate handler)
    {
        ArgumentException.ThrowIfNullOrEmpty(scheme);
        ArgumentNullException.ThrowIfNull(handler);
        _handlers[scheme] = handler;
        return this;
    }

    /// <summary>Adds middleware around every handler, the first one outermost. The rule is known when it runs.</summary>
    public ConnectorBuilder Use(Func<ConnectionDelegate, ConnectionDelegate> middleware)
    {
        ArgumentNullException.ThrowIfNull(middleware);
        _middleware.Add(middleware);
        return this;
    }

    /// <summary>Gives the connector something to dispose when it is disposed, after every stream has ended.</summary>
    public ConnectorBuilder Own(IAsyncDisposable owned)
    {
        ArgumentNullException.ThrowIfNull(owned);
        _owned.Add(owned);
        return this;
    }

    /// <summary>Sets all options.</summary>
    public ConnectorBuilder Configure(ConnectorOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
        return this;
    }

    /// <summary>Builds the connector.</summary>
    /// <exception cref="InvalidOperationException">Something is missing or out of range; the message names all of it.</exception>
    public Connector Build()
    {
        var faults = Faults();
        if (faults.Count > 0)
        {
            throw new InvalidOperationException($"The connector can't be built: {string.Join("; ", faults)}.");
        }

        _isBuilt = true;
        var addresses = new ConnectorAddresses(_edge);
        var streams = new ConnectorStreams(_ingress!, _handlers, _middleware, Options);
        var dialer = new ConnectorDialer(_credentials!, MakeTransport(), Options);
        return new Connector(dialer, addresses, streams, Options, _owned);
    }

    private IConnectionFactory MakeTransport()
    {
        var time = Options.TimeProvider;
        if (_transport is not null && _tls is null)
        {
            return _transport;
        }

        var inner = _transport ?? new SocketConnectionFactory(null, Options.LoggerFactory, time);
        return new TlsConnectionFactory(inner, _tls ?? new TlsClientOptions { ServerName = DefaultServerName }, time);
    }

    private List<string> Faults()
    {
        var faults = new List<string>();
        Require(!_isBuilt, "this builder has built one already");
        Require(_credentials is not null, "it has no credentials (UseCredentials)");
        Require(_edge.Count > 0, "it has no edge address (UseEdge)");
        Require(_ingress is not null, "it has no ingress rules (UseIngress)");
        Require(Options.Connections is >= 1 and <= 255, $"the number of connections must be from 1 to 255, not {Options.Connections}");
        Require(Options.GracePeriod >= TimeSpan.Zero, "the grace period must not be negative");
        Require(Options.GracePeriod <= ConnectorOptions.MaxGracePeriod, "grace-period must be equal or less than 3m0s");
        Require(Options.DialTimeout > TimeSpan.Zero, "the dial time-out must be greater than zero");
        return faults;

        void Require(bool holds, string otherwise)
        {
            if (!holds)
            {
                faults.Add(otherwise);
            }
        }
    }
}
