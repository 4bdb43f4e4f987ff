namespace Engine.Tunnels;

/// <summary>How a connection between connector and edge ended.</summary>
/// <param name="IsClean">Whether it ended in good order: by GOAWAY without error, or closed after an unregistration.</param>
/// <param name="Reason">What happened, for a log line.</param>
/// <param name="Exception">What went wrong, if anything.</param>
public sealed record TunnelConnectionEnd(bool IsClean, string Reason, Exception? Exception = null);
