using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Engine.Hosting.Configuration;

/// <summary>Reads the certificates of a PEM file.</summary>
internal static class PemFile
{
    /// <summary>Reads every certificate of a file; other blocks are passed over.</summary>
    /// <param name="path">The file.</param>
    /// <param name="certificates">At least one.</param>
    /// <param name="error">The file, what is wrong with it and what to do.</param>
    public static bool TryRead(
        string path,
        [NotNullWhen(true)] out X509Certificate2Collection? certificates,
        [NotNullWhen(false)] out string? error)
    {
        certificates = null;
        error = null;
        if (!TextFile.TryRead(path, out var text, out error))
        {
            return false;
        }

        var found = new X509Certificate2Collection();
        try
        {
            found.ImportFromPem(text);
        }
        catch (CryptographicException exception)
        {
            error = $"'{path}' holds a certificate that cannot be read ({exception.Message.TrimEnd('.')}); export it again as PEM.";
            return false;
        }

        if (found.Count == 0)
        {
            error = $"'{path}' holds no certificate; it has to be a PEM file with '-----BEGIN CERTIFICATE-----'.";
            return false;
        }

        certificates = found;
        return true;
    }
}
