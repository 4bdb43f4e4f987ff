using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Engine.Edge;

/// <summary>The public side: accepts connectors and visitors, and carries each visitor's request to a connector of the right tunnel.</summary>
/// <remarks>Started once and stopped once; members may be called from any thread.</remarks>
public sealed class EdgeServer : IAsyncDisposable
{
    /// <summary>Prepares an edge; nothing is opened before <see cref="StartAsync"/>.</summary>
    /// <param name="options">What to listen on, whom to admit, where to route.</param>
    /// <param name="loggerFactory">Where its log goes; none when null.</param>
    /// <param name="timeProvider">The clock; the system's when null.</param>
    /// <param name="transport">Byte transport under both kinds of listener, without TLS; sockets when null.</param>
    public EdgeServer(EdgeOptions options, ILoggerFactory? loggerFactory = null, TimeProvider? timeProvider = null, IConnectionListenerFactory? transport = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        _ = (loggerFactory, timeProvider, transport);
    }

    /// <summary>The addresses visitors can use, in the order of <see cref="EdgeOptions.PublicListeners"/>, with the ports really taken.</summary>
    public IReadOnlyList<EndPoint> PublicEndPoints => throw new NotSupportedException();

    /// <summary>The address connectors can dial, with the port really taken; null when there is no tunnel listener.</summary>
    public EndPoint? TunnelEndPoint => throw new NotSupportedException();

    /// <summary>The file that holds the authority's certificate, for a connector's <c>--cacert</c>; null without a data folder.</summary>
    public string? CaCertificatePath => throw new NotSupportedException();

    /// <summary>The authority's certificate, without its key.</summary>
    public X509Certificate2 CaCertificate => throw new NotSupportedException();

    /// <summary>Opens the data folder and the listeners; all of them, or it throws and none.</summary>
    /// <exception cref="EdgeConfigurationException">The options contradict themselves, or a file or folder cannot be used.</exception>
    /// <exception cref="AddressInUseException">Another program has one of the ports.</exception>
    public Task StartAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Stops accepting, lets running requests end, then lets the connectors go.</summary>
    /// <param name="cancellationToken">When it fires, what still runs is cut.</param>
    public Task StopAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Serves a connector's connection that another transport has accepted; completes when it is over.</summary>
    public Task RunTunnelConnectionAsync(ConnectionContext connection, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Serves a visitor's connection that another transport has accepted; completes when it is over.</summary>
    public Task RunVisitorConnectionAsync(ConnectionContext connection, CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Stops at once.</summary>
    public ValueTask DisposeAsync() => throw new NotSupportedException();
}
