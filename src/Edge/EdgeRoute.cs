namespace Engine.Edge;

/// <summary>A public host name and the tunnel that serves it.</summary>
/// <param name="Hostname">An exact name, <c>*.example.com</c> for every name below that one, or <c>*</c> for every other name.</param>
/// <param name="TunnelId">The tunnel; it must be among <see cref="EdgeOptions.Tunnels"/>.</param>
public sealed record EdgeRoute(string Hostname, Guid TunnelId);
