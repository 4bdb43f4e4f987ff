using Engine.Fields;
using Engine.Tunnels;

namespace Engine.Edge.Registry;

/// <summary>A registered connection of a real connector.</summary>
/// <remarks>Does not own the connection: whoever accepted it waits for its end and disposes it.</remarks>
internal sealed class TunnelLink : ITunnelLink
{
    private readonly EdgeTunnelConnection _connection;

    public TunnelLink(EdgeTunnelConnection connection) => _connection = connection;

    /// <inheritdoc/>
    public Guid TunnelId => _connection.Registration.TunnelId;

    /// <inheritdoc/>
    public Guid ConnectorId => _connection.Registration.ConnectorId;

    /// <inheritdoc/>
    public int Index => _connection.Registration.ConnectionIndex;

    /// <inheritdoc/>
    public bool IsDraining => _connection.IsDraining;

    /// <inheritdoc/>
    public bool TakesUpgrades => _connection.HasExtension(TunnelFeatures.Upgrades);

    /// <inheritdoc/>
    public int ActiveStreams => _connection.ActiveStreams;

    /// <inheritdoc/>
    public async ValueTask<ITunnelStream> OpenAsync(TunnelStreamKind kind, FieldList head, bool endStream, CancellationToken cancellationToken) =>
        new TunnelStream(await _connection.OpenAsync(kind, head, endStream, cancellationToken));

    /// <inheritdoc/>
    public ValueTask DrainAsync(CancellationToken cancellationToken) => _connection.DrainAsync(cancellationToken);

    /// <inheritdoc/>
    public void Abort(string reason) => _connection.Abort(reason);
}
