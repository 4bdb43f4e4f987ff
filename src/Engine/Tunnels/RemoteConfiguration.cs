namespace Engine.Tunnels;

/// <summary>A configuration that the edge pushed.</summary>
/// <param name="Version">Its version; larger ones are newer.</param>
/// <param name="Json">The configuration object as UTF-8 JSON; valid until the delegate that received it has completed.</param>
public readonly record struct RemoteConfiguration(int Version, ReadOnlyMemory<byte> Json);
