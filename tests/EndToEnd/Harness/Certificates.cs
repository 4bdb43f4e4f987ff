using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Engine.Testing;

namespace Engine.EndToEnd.Harness;

/// <summary>Certificates that sign themselves, so that one file is both the server's and the authority's.</summary>
internal static class Certificates
{
    public static (string CertificateFile, string KeyFile) Write(TemporaryFolder folder, string name, params string[] names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={names[0]}", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var item in names)
        {
            alternatives.AddDnsName(item);
        }

        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
        return (
            folder.Write($"{name}.pem", certificate.ExportCertificatePem()),
            folder.Write($"{name}.key", key.ExportPkcs8PrivateKeyPem()));
    }
}
