using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Engine.Tunnels;

/// <summary>The connector's side of one connection to an edge: registers it, and yields the streams that the edge opens.</summary>
/// <remarks>
/// Owns the transport. One caller accepts at a time; other members may be called from any thread. Nothing arrives, neither
/// streams nor the answer to the registration, unless someone accepts: call <see cref="AcceptAsync"/> in a loop from the start.
/// </remarks>
public sealed class TunnelConnection : MultiplexedConnectionContext
{
    private TunnelConnection()
    {
    }

    /// <inheritdoc/>
    public override string ConnectionId { get; set; } = "";

    /// <inheritdoc/>
    public override IFeatureCollection Features => throw new NotSupportedException();

    /// <inheritdoc/>
    public override IDictionary<object, object?> Items { get; set; } = new ConnectionItems();

    /// <summary>Completes with the edge's details when the connection is registered.</summary>
    /// <remarks>Faults with <see cref="RegistrationRefusedException"/> when the edge refuses, does not answer in time or goes
    /// away; the connection is then closed.</remarks>
    public Task<ConnectionDetails> Registered => throw new NotSupportedException();

    /// <summary>The edge's details.</summary>
    /// <exception cref="InvalidOperationException">The connection is not registered.</exception>
    public ConnectionDetails Details => throw new NotSupportedException();

    /// <summary>The extensions that the edge announced on the control stream, without prefix; empty for a stranger.</summary>
    public IReadOnlyList<string> EdgeFeatures => throw new NotSupportedException();

    /// <summary>Completes, never faults, when the connection is over.</summary>
    public Task<TunnelConnectionEnd> Completion => throw new NotSupportedException();

    /// <summary>How many of the edge's streams are running.</summary>
    public int ActiveStreams => throw new NotSupportedException();

    /// <summary>Takes a connection that was dialled to an edge and starts to serve it; the registration goes on beside
    /// <see cref="AcceptAsync"/>, so that requests which come before the edge's answer are served.</summary>
    public static TunnelConnection Start(ConnectionContext transport, TunnelRegistration registration, TunnelConnectionOptions? options = null) =>
        throw new NotSupportedException();

    /// <summary>As <see cref="Start"/>, but returns when the connection is registered; streams that came before wait for
    /// <see cref="AcceptAsync"/>.</summary>
    /// <exception cref="RegistrationRefusedException">The edge refused, did not answer in time, or went away.</exception>
    public static ValueTask<TunnelConnection> RegisterAsync(
        ConnectionContext transport, TunnelRegistration registration, TunnelConnectionOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    /// <summary>Waits for the next stream; its features have an <see cref="ITunnelStreamFeature"/>. The caller disposes it.</summary>
    /// <returns>The stream, or null when no more will come.</returns>
    public override ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <summary>Not supported: only the edge opens streams.</summary>
    public override ValueTask<ConnectionContext> ConnectAsync(IFeatureCollection? features = null, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("Only the edge opens streams.");

    /// <summary>Tells the edge the configuration that this connector runs with, for display. Of use on connection 0 of a
    /// tunnel that is not remotely managed.</summary>
    public ValueTask UpdateLocalConfigurationAsync(ReadOnlyMemory<byte> json, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException();

    /// <summary>Asks the edge to send nothing new, and ends the control stream; running streams, and those that still come,
    /// go on until the edge closes the connection.</summary>
    public ValueTask UnregisterAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Abort() => Abort(new ConnectionAbortedException("The connection was aborted."));

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason) => throw new NotSupportedException();

    /// <summary>Closes the connection; running streams are cut.</summary>
    public override ValueTask DisposeAsync() => throw new NotSupportedException();
}
