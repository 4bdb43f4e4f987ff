using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Engine.Edge;
using Engine.Hosting.Configuration;
using Engine.Ingress;
using Engine.Transports;
using Engine.Tunnels;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Engine.Hosting;

/// <summary>An edge on loopback for one connector in the same process; the tunnel runs through memory.</summary>
/// <remarks>
/// It is the connector's transport: to dial is to hand the other end of a pair to the edge. Its tunnel is made up for the
/// process's life, and every name goes to it, so that the rules alone decide.
/// </remarks>
internal sealed class EmbeddedEdge : IConnectionFactory, IAsyncDisposable
{
    /// <summary>What the connector dials.</summary>
    public static readonly EndPoint Name = new InProcessEndPoint();

    private readonly EdgeServer _edge;
    private readonly ILogger _log;

    public EmbeddedEdge(ConnectorSettings settings, ILoggerFactory loggerFactory, TimeProvider time)
    {
        Credentials = new TunnelCredentials("embedded", Guid.NewGuid(), RandomNumberGenerator.GetBytes(32), null);
        var options = new EdgeOptions { TunnelEndPoint = null, VisitorsWaitForConnector = true };
        options.PublicListeners.Add(new EdgeListener(new IPEndPoint(IPAddress.Loopback, settings.HttpPort)));
        if (settings.HttpPort != 0 && Socket.OSSupportsIPv6)
        {
            // Browsers try ::1 first. A free port cannot be had on both at once.
            options.PublicListeners.Add(new EdgeListener(new IPEndPoint(IPAddress.IPv6Loopback, settings.HttpPort)));
        }

        options.Tunnels.Add(new EdgeTunnel(Credentials.TunnelId, Credentials.AccountTag, Credentials.Secret, "embedded"));
        options.Routes.Add(new EdgeRoute("*", Credentials.TunnelId));
        _edge = new EdgeServer(options, loggerFactory, time);
        _log = loggerFactory.CreateLogger<EmbeddedEdge>();
    }

    /// <summary>The tunnel that the edge admits.</summary>
    public TunnelCredentials Credentials { get; }

    /// <summary>The addresses taken.</summary>
    public IEnumerable<IPEndPoint> Listeners => _edge.PublicEndPoints.OfType<IPEndPoint>();

    /// <summary>The IPv4 address taken.</summary>
    public IPEndPoint EndPoint => Listeners.First();

    public Task StartAsync(CancellationToken cancellationToken) => _edge.StartAsync(cancellationToken);

    public Task StopAsync(CancellationToken cut) => _edge.StopAsync(cut);

    public ValueTask DisposeAsync() => _edge.DisposeAsync();

    /// <inheritdoc/>
    public ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var (here, there) = MemoryConnection.CreatePair();
        _ = ServeAsync(there);
        return ValueTask.FromResult(here);
    }

    /// <summary>Where visitors find each rule. Names below localhost need no DNS.</summary>
    public IReadOnlyList<PublicAddress> Addresses(IngressRules rules)
    {
        var port = EndPoint.Port == 80 ? "" : $":{EndPoint.Port}";
        var addresses = new List<PublicAddress>();
        foreach (var rule in rules.Rules)
        {
            var name = rule.Hostname is null or "*" ? "localhost" : rule.Hostname;
            var path = rule.Path is null ? null : $"path {rule.Path}";
            var every = rule.Hostname is null or "*" ? "every other name" : null;
            addresses.Add(new PublicAddress($"http://{name}{port}/", rule.Origin.Service, string.Join(", ", new[] { path, every }.OfType<string>()) is { Length: > 0 } note ? note : null));
        }

        return addresses;
    }

    /// <summary>Runs on its own, beside the connector; failures are logged where they are seen.</summary>
    private async Task ServeAsync(ConnectionContext connection)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        try
        {
            await using (connection)
            {
                await _edge.RunTunnelConnectionAsync(connection);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException)
        {
            _log.LogDebug(exception, "The embedded tunnel connection ended");
        }
    }

    private sealed class InProcessEndPoint : EndPoint
    {
        public override string ToString() => "in-process";
    }
}
