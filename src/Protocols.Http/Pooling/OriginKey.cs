using Engine.Origins;

namespace Engine.Protocols.Http.Pooling;

/// <summary>What connections must have in common to be exchanged for one another.</summary>
/// <param name="Origin">The origin, by identity: a reloaded rule has a new one, and with it a new pool.</param>
/// <param name="ServerName">The TLS server name when it follows the request's Host; otherwise null.</param>
internal readonly record struct OriginKey(Origin Origin, string? ServerName);
