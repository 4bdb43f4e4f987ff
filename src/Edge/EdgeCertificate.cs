namespace Engine.Edge;

/// <summary>A certificate for TLS visitors, in PEM files.</summary>
/// <param name="CertificatePath">The leaf, followed by its intermediates.</param>
/// <param name="KeyPath">The private key; null when it is in the same file.</param>
public sealed record EdgeCertificate(string CertificatePath, string? KeyPath = null);
