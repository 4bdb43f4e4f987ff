using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Engine.Transports;

namespace Engine.Tests.Transports;

/// <summary>A private CA and certificates below it, made once a run.</summary>
internal static class TestCertificates
{
    public static X509Certificate2 Root { get; } = MakeRoot("CN=Engine test root");

    public static X509Certificate2 OtherRoot { get; } = MakeRoot("CN=Another root");

    public static X509Certificate2 Server { get; } = Issue(Root, ["server.test", "*.wild.test"]);

    public static TlsServerOptions ServerOptions(X509Certificate2? certificate = null)
    {
        var context = SslStreamCertificateContext.Create(certificate ?? Server, null, offline: true);
        return new TlsServerOptions { CertificateSelector = _ => context };
    }

    public static TlsClientOptions ClientOptions(X509Certificate2? root = null) => new() { ServerName = "server.test", Roots = [root ?? Root] };

    public static X509Certificate2 MakeRoot(string subject)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddYears(-2), DateTimeOffset.UtcNow.AddYears(2));
    }

    public static X509Certificate2 Issue(X509Certificate2 issuer, string[] names, DateTimeOffset? notAfter = null, string? purpose = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=leaf", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            if (IPAddress.TryParse(name, out var address))
            {
                alternatives.AddIpAddress(address);
            }
            else
            {
                alternatives.AddDnsName(name);
            }
        }

        request.CertificateExtensions.Add(alternatives.Build());
        if (purpose is not null)
        {
            request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(purpose)], false));
        }

        using var certificate = request.Create(
            issuer, DateTimeOffset.UtcNow.AddYears(-1), notAfter ?? DateTimeOffset.UtcNow.AddYears(1), RandomNumberGenerator.GetBytes(16));
        return certificate.CopyWithPrivateKey(key);
    }
}
