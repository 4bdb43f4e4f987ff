using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Engine.Edge.Certificates;

/// <summary>Chooses the certificate a TLS visitor is shown: by server name from the configured files, else one of our own authority.</summary>
/// <remarks>Immutable after creation, so thread-safe.</remarks>
internal sealed class VisitorCertificates
{
    private readonly Dictionary<string, SslStreamCertificateContext> _byName = new(StringComparer.OrdinalIgnoreCase);
    private readonly IssuedCertificate _development;

    public VisitorCertificates(IEnumerable<EdgeCertificate> files, IssuedCertificate development)
    {
        _development = development;
        foreach (var file in files)
        {
            Add(file);
        }
    }

    /// <summary>The certificate for a server name; null is a visitor that sent none.</summary>
    public SslStreamCertificateContext Select(string? serverName)
    {
        if (string.IsNullOrEmpty(serverName))
        {
            return _development.Current;
        }

        var name = serverName.EndsWith('.') ? serverName[..^1] : serverName;
        if (_byName.TryGetValue(name, out var exact))
        {
            return exact;
        }

        // A wildcard stands for exactly one label, the leftmost (RFC 9525 §6.3).
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && _byName.TryGetValue(string.Concat("*", name.AsSpan(dot)), out var wildcard) ? wildcard : _development.Current;
    }

    private void Add(EdgeCertificate file)
    {
        var (leaf, chain) = Load(file);
        var context = SslStreamCertificateContext.Create(leaf, chain, offline: true);
        var named = false;
        foreach (var extension in leaf.Extensions)
        {
            if (extension is X509SubjectAlternativeNameExtension names)
            {
                foreach (var name in names.EnumerateDnsNames())
                {
                    // The first file that has a name keeps it.
                    _byName.TryAdd(name, context);
                    named = true;
                }
            }
        }

        if (!named)
        {
            throw new EdgeConfigurationException($"The certificate {file.CertificatePath} has no DNS name in its subject alternative names, so no visitor could be shown it. Give one that names the host.");
        }
    }

    private static (X509Certificate2 Leaf, X509Certificate2Collection Chain) Load(EdgeCertificate file)
    {
        try
        {
            using var ephemeral = X509Certificate2.CreateFromPemFile(file.CertificatePath, file.KeyPath ?? file.CertificatePath);
            var all = new X509Certificate2Collection();
            all.ImportFromPemFile(file.CertificatePath);
            all.RemoveAt(0);

            // Windows' TLS cannot use a key that is in memory only; a round trip through PKCS #12 suits every system.
            var leaf = X509CertificateLoader.LoadPkcs12(ephemeral.Export(X509ContentType.Pkcs12), null);
            return (leaf, all);
        }
        catch (Exception failure) when (failure is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new EdgeConfigurationException($"The certificate {file.CertificatePath} with key {file.KeyPath ?? "in the same file"} cannot be used: {failure.Message}. Both must be PEM and belong together.", failure);
        }
    }
}
