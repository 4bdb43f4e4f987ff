using Engine.Edge;

namespace Engine.Hosting.Configuration;

/// <summary>Everything an edge needs to start, read and checked.</summary>
/// <param name="Options">What it listens on, whom it admits, where it routes.</param>
/// <param name="GracePeriod">How long running requests may go on after the signal to stop.</param>
public sealed record EdgeSettings(EdgeOptions Options, TimeSpan GracePeriod);
