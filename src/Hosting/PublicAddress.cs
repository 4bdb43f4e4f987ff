namespace Engine.Hosting;

/// <summary>An address at which visitors find a rule.</summary>
/// <param name="Url">The address; for a wildcard with <c>*</c> in it.</param>
/// <param name="Service">Where requests go.</param>
/// <param name="Note">What else there is to know, or null.</param>
public sealed record PublicAddress(string Url, string Service, string? Note = null);
