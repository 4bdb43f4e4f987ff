using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Engine.Edge.Certificates;
using Engine.Edge.Tests.Fakes;
using Engine.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Engine.Edge.Tests.Certificates;

public sealed class CertificateFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CertificateAuthority _authority = CertificateAuthority.Create(DateTimeOffset.UtcNow);
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private readonly LogLines _log = new();
    private readonly CertificateFiles _files;

    public CertificateFilesTests()
    {
        Write("first");
        _files = Open();
    }

    [Fact]
    public void A_changed_pair_is_shown_once_it_has_stayed_the_same_for_two_looks()
    {
        Assert.Equal("CN=first", Shown);
        Write("second");
        _time.Advance(CertificateFiles.Period);
        Assert.Equal("CN=first", Shown);
        _time.Advance(CertificateFiles.Period);
        Assert.Equal("CN=second", Shown);

        _time.Advance(CertificateFiles.Period * 10);
        Assert.Single(_log.Of(7022));
        Assert.Empty(_log.Of(7023));
    }

    [Fact]
    public void A_pair_that_is_written_in_two_steps_is_never_taken_for_faulty()
    {
        var (certificate, key) = Make("second");
        _folder.Write("a.pem", certificate);
        _time.Advance(CertificateFiles.Period);
        _folder.Write("a.key", key);
        _time.Advance(CertificateFiles.Period);
        Assert.Equal("CN=first", Shown);
        _time.Advance(CertificateFiles.Period);
        Assert.Equal("CN=second", Shown);
        Assert.Empty(_log.Of(7023));
    }

    [Theory]
    [InlineData("no certificate at all")]
    [InlineData("")]
    [InlineData(null)]
    public void A_faulty_or_missing_file_leaves_the_last_good_one_and_is_told_once(string? content)
    {
        if (content is null)
        {
            File.Delete(_folder["a.pem"]);
        }
        else
        {
            _folder.Write("a.pem", content);
        }

        _time.Advance(CertificateFiles.Period * 10);
        Assert.Equal("CN=first", Shown);
        Assert.Contains(_folder["a.pem"], Assert.Single(_log.Of(7023)), StringComparison.Ordinal);

        Write("third");
        _time.Advance(CertificateFiles.Period * 2);
        Assert.Equal("CN=third", Shown);
    }

    [Fact]
    public void A_key_that_belongs_to_another_certificate_leaves_the_last_good_pair()
    {
        _folder.Write("a.key", Make("other").Key);
        _time.Advance(CertificateFiles.Period * 2);

        Assert.Equal("CN=first", Shown);
        Assert.Single(_log.Of(7023));
    }

    [Fact]
    public void At_the_start_a_faulty_file_is_an_error()
    {
        _folder.Write("a.pem", "nothing");

        Assert.Throws<EdgeConfigurationException>(Open);
    }

    [Fact]
    public void After_the_stop_nothing_is_read()
    {
        _files.Dispose();
        Write("second");
        _time.Advance(CertificateFiles.Period * 10);

        Assert.Equal("CN=first", Shown);
    }

    public void Dispose()
    {
        _files.Dispose();
        _authority.Dispose();
        _folder.Dispose();
    }

    private string Shown => _files.Select("a.test").TargetCertificate.Subject;

    private CertificateFiles Open() =>
        new([new EdgeCertificate(_folder["a.pem"], _folder["a.key"])], new IssuedCertificate(_authority, ["localhost"], _time), _time, _log);

    private void Write(string subject)
    {
        var (certificate, key) = Make(subject);
        _folder.Write("a.pem", certificate);
        _folder.Write("a.key", key);
    }

    private static (string Certificate, string Key) Make(string subject)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={subject}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("a.test");
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1));
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
