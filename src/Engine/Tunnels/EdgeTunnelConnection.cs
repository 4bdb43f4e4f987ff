using Engine.Fields;
using Microsoft.AspNetCore.Connections;

namespace Engine.Tunnels;

/// <summary>The edge's side of one connection of a connector: registers it, and opens streams on it.</summary>
/// <remarks>Owns the transport. Every member may be called from any thread.</remarks>
public sealed class EdgeTunnelConnection : IAsyncDisposable
{
    private EdgeTunnelConnection()
    {
    }

    /// <summary>What the connector said about itself, without the secret.</summary>
    public TunnelRegistrationRequest Registration => throw new NotSupportedException();

    /// <summary>What the edge answered.</summary>
    public ConnectionDetails Details => throw new NotSupportedException();

    /// <summary>When it was registered.</summary>
    public DateTimeOffset RegisteredAt => throw new NotSupportedException();

    /// <summary>Whether no new stream may be opened: the connector unregistered, or the connection is ending.</summary>
    public bool IsDraining => throw new NotSupportedException();

    /// <summary>How many streams are running, the control stream not counted.</summary>
    public int ActiveStreams => throw new NotSupportedException();

    /// <summary>Completes, never faults, when the connection is over.</summary>
    public Task<TunnelConnectionEnd> Completion => throw new NotSupportedException();

    /// <summary>The configuration that the connector says it runs with, as UTF-8 JSON; for display only. Empty when it sent none.</summary>
    public ReadOnlyMemory<byte> LocalConfiguration => throw new NotSupportedException();

    /// <summary>Takes a connection that a connector dialled, opens the control stream and waits for the registration.</summary>
    /// <returns>The registered connection, or null when the connector was refused, was none, or took too long; it is closed and logged then.</returns>
    public static ValueTask<EdgeTunnelConnection?> AcceptAsync(
        ConnectionContext transport, ITunnelAuthenticator authenticator, EdgeTunnelOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    /// <summary>Whether the connector announced one of our extensions, and this edge did too.</summary>
    public bool HasExtension(string name) => throw new NotSupportedException();

    /// <summary>Opens a stream for a visitor.</summary>
    /// <param name="kind">What it carries. Not <paramref name="endStream"/> together with anything but <see cref="TunnelStreamKind.Http"/>.</param>
    /// <param name="head">Pseudo-fields first, then the visitor's fields; what the kind needs is added, and what must not cross a
    /// tunnel is removed, in the list itself. A TCP stream needs <c>cf-cloudflared-proxy-src</c> with the visitor's address in it.</param>
    /// <param name="endStream">Whether the request has no body.</param>
    /// <param name="cancellationToken">Ends the wait for a free stream.</param>
    /// <exception cref="IOException">The connection is draining or closed; nothing was sent, so another connection may be tried.</exception>
    public ValueTask<EdgeStream> OpenAsync(TunnelStreamKind kind, FieldList head, bool endStream, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    /// <summary>Sends a configuration and waits for the connector's verdict.</summary>
    /// <exception cref="IOException">The connector takes none, answered what is no answer, or is gone.</exception>
    /// <exception cref="TimeoutException">It did not answer in time.</exception>
    public ValueTask<ConfigurationResult> PushConfigurationAsync(int version, ReadOnlyMemory<byte> json, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    /// <summary>Opens no new streams, waits for the running ones, then says GOAWAY and closes. Cancelling cuts what still runs.</summary>
    public ValueTask DrainAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Closes the connection at once.</summary>
    public void Abort(string reason) => throw new NotSupportedException();

    /// <summary>Closes the connection; running streams are cut.</summary>
    public ValueTask DisposeAsync() => throw new NotSupportedException();
}
