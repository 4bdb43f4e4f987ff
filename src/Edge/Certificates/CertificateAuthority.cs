using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Engine.Edge.Certificates;

/// <summary>The edge's private authority: made on the first start, kept in the data folder, signs the edge's own server certificates.</summary>
/// <remarks>
/// P-256 throughout, because stock connectors verify with it and offer no other classical group. Thread-safe after creation.
/// </remarks>
internal sealed class CertificateAuthority : IDisposable
{
    /// <summary>The authority's certificate, to be given to connectors.</summary>
    internal const string CertificateFile = "ca.pem";

    /// <summary>The authority's private key, PKCS #8.</summary>
    internal const string KeyFile = "ca.key";

    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    // Connectors' clocks run ahead and behind; an hour is what public authorities allow for.
    private static readonly TimeSpan Backdating = TimeSpan.FromHours(1);
    private static readonly TimeSpan AuthorityLifetime = TimeSpan.FromDays(3650);

    private readonly X509Certificate2 _certificate;

    private CertificateAuthority(X509Certificate2 certificate)
    {
        _certificate = certificate;
        Certificate = X509CertificateLoader.LoadCertificate(certificate.RawData);
    }

    /// <summary>The certificate without its key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Makes an authority that lives in memory only.</summary>
    public static CertificateAuthority Create(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var subject = new X500DistinguishedName($"CN=Engine edge authority {RandomNumberGenerator.GetHexString(8, lowercase: true)}");
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return new CertificateAuthority(request.CreateSelfSigned(now - Backdating, now + AuthorityLifetime));
    }

    /// <summary>Reads the authority from its folder, or makes one there.</summary>
    /// <exception cref="EdgeConfigurationException">The files are damaged, do not belong together, or are out of date.</exception>
    public static CertificateAuthority Open(DataFolder folder, DateTimeOffset now)
    {
        if (!folder.Contains(CertificateFile))
        {
            // The key is written first: a certificate that someone may have copied always has its key beside it.
            var made = Create(now);
            using var key = made._certificate.GetECDsaPrivateKey()!;
            folder.Write(KeyFile, key.ExportPkcs8PrivateKeyPem() + "\n");
            folder.Write(CertificateFile, made._certificate.ExportCertificatePem() + "\n");
            return made;
        }

        var path = folder.PathOf(CertificateFile);
        if (!folder.Contains(KeyFile))
        {
            throw new EdgeConfigurationException($"{path} is there but its key {KeyFile} is missing. Restore the key, or delete {CertificateFile} and give connectors the new one.");
        }

        return Load(path, folder.Read(CertificateFile), folder.Read(KeyFile), now);
    }

    /// <summary>Issues a server certificate for names and addresses.</summary>
    public X509Certificate2 IssueServer(IReadOnlyList<string> names, DateTimeOffset now, TimeSpan lifetime)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(new X500DistinguishedName("CN=Engine edge"), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ServerAuthentication)], false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_certificate, true, false));
        request.CertificateExtensions.Add(AlternativeNames(names));

        // A leaf must lie inside its issuer's lifetime.
        var from = Later(now - Backdating, _certificate.NotBefore);
        var until = Earlier(now + lifetime, _certificate.NotAfter);
        Span<byte> serial = stackalloc byte[16];
        RandomNumberGenerator.Fill(serial);
        serial[0] = (byte)((serial[0] & 0x7F) | 0x40);
        using var certificate = request.Create(_certificate, from, until, serial);
        return certificate.CopyWithPrivateKey(key);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _certificate.Dispose();
        Certificate.Dispose();
    }

    private static CertificateAuthority Load(string path, string certificatePem, string keyPem, DateTimeOffset now)
    {
        X509Certificate2 certificate;
        try
        {
            certificate = X509Certificate2.CreateFromPem(certificatePem, keyPem);
        }
        catch (Exception failure) when (failure is CryptographicException or ArgumentException)
        {
            throw new EdgeConfigurationException($"{path} and {KeyFile} beside it are no certificate and key that belong together. Restore both from a backup, or delete both and give connectors the new certificate.", failure);
        }

        if (now < certificate.NotBefore || now > certificate.NotAfter)
        {
            var dates = $"{certificate.NotBefore:u} to {certificate.NotAfter:u}";
            certificate.Dispose();
            throw new EdgeConfigurationException($"{path} is valid from {dates}, which is not now. Correct the clock, or delete it with {KeyFile} and give connectors the new certificate.");
        }

        return new CertificateAuthority(certificate);
    }

    private static X509Extension AlternativeNames(IReadOnlyList<string> names)
    {
        var builder = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
            {
                builder.AddIpAddress(address);
            }
            else
            {
                builder.AddDnsName(name);
            }
        }

        return builder.Build();
    }

    private static DateTimeOffset Later(DateTimeOffset left, DateTimeOffset right) => left > right ? left : right;

    private static DateTimeOffset Earlier(DateTimeOffset left, DateTimeOffset right) => left < right ? left : right;
}
