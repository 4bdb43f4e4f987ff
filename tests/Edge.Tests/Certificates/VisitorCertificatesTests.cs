using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Engine.Edge.Certificates;
using Engine.Testing;

namespace Engine.Edge.Tests.Certificates;

public sealed class VisitorCertificatesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CertificateAuthority _authority = CertificateAuthority.Create(DateTimeOffset.UtcNow);

    [Fact]
    public void The_server_name_chooses_exact_first_then_one_label_of_wildcard_then_our_own()
    {
        var development = new IssuedCertificate(_authority, ["localhost"], TimeProvider.System);
        var certificates = new VisitorCertificates([File("one", "a.test"), File("two", "*.b.test", "b.test")], development);

        Assert.Equal("CN=one", Subject("a.test"));
        Assert.Equal("CN=one", Subject("A.TEST."));
        Assert.Equal("CN=two", Subject("b.test"));
        Assert.Equal("CN=two", Subject("x.b.test"));
        Assert.Equal("CN=Engine edge", Subject("y.x.b.test"));
        Assert.Equal("CN=Engine edge", Subject("other.test"));
        Assert.Equal("CN=Engine edge", Subject(null));

        string Subject(string? name) => certificates.Select(name).TargetCertificate.Subject;
    }

    [Fact]
    public void A_file_that_is_missing_or_broken_is_refused_by_name()
    {
        var broken = new EdgeCertificate(_folder.Write("broken.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"));
        foreach (var file in new[] { broken, new EdgeCertificate(_folder["none.pem"]) })
        {
            var refusal = Assert.Throws<EdgeConfigurationException>(() => new VisitorCertificates([file], new IssuedCertificate(_authority, [], TimeProvider.System)));
            Assert.Contains(file.CertificatePath, refusal.Message, StringComparison.Ordinal);
        }
    }

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    private EdgeCertificate File(string subject, params string[] names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={subject}", key, HashAlgorithmName.SHA256);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names)
        {
            alternatives.AddDnsName(name);
        }

        request.CertificateExtensions.Add(alternatives.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
        return new EdgeCertificate(
            _folder.Write(subject + ".pem", certificate.ExportCertificatePem()),
            _folder.Write(subject + ".key", key.ExportPkcs8PrivateKeyPem()));
    }
}
