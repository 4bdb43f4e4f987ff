namespace Engine.Tunnels;

/// <summary>What an edge says about a connection that it accepted.</summary>
/// <param name="Id">The connection's id, chosen by the edge; for logs.</param>
/// <param name="Location">A short name of the place where the edge runs.</param>
/// <param name="IsRemotelyManaged">Whether the edge sends the configuration; the connector then does not send its own.</param>
public sealed record ConnectionDetails(Guid Id, string Location, bool IsRemotelyManaged);
