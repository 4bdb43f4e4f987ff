namespace Engine.Hosting.Status;

/// <summary>What <c>/ready</c> tells.</summary>
/// <param name="ReadyConnections">How many connections are registered.</param>
/// <param name="ConnectorId">The connector.</param>
internal readonly record struct ReadyStatus(int ReadyConnections, Guid ConnectorId);
