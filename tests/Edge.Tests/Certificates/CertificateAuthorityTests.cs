using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Engine.Edge.Certificates;
using Engine.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Engine.Edge.Tests.Certificates;

[System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
public sealed class CertificateAuthorityTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
    private readonly TemporaryFolder _folder = new();

    private string Data => _folder["data"];

    [Fact]
    public void The_first_start_makes_a_folder_and_files_for_the_owner_only()
    {
        using var authority = CertificateAuthority.Open(DataFolder.Open(Data), Now);

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Data));
        Assert.Equal(["ca.key", "ca.pem"], Directory.GetFiles(Data).Select(Path.GetFileName).Order());
        Assert.All(Directory.GetFiles(Data), file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }

    [Fact]
    public void The_second_start_finds_the_same_authority()
    {
        using var first = CertificateAuthority.Open(DataFolder.Open(Data), Now);
        using var second = CertificateAuthority.Open(DataFolder.Open(Data), Now);

        Assert.Equal(first.Certificate.Thumbprint, second.Certificate.Thumbprint);
        Assert.Equal(first.Certificate.Thumbprint, X509CertificateLoader.LoadCertificateFromFile(Path.Combine(Data, "ca.pem")).Thumbprint);
        Assert.False(first.Certificate.HasPrivateKey);
    }

    [Fact]
    public void A_leaf_of_the_authority_verifies_for_the_names_that_connectors_expect()
    {
        using var authority = CertificateAuthority.Open(DataFolder.Open(Data), Now);
        using var leaf = authority.IssueServer(IssuedCertificate.TunnelNames(["edge.example.com", "192.0.2.4"]), Now, TimeSpan.FromDays(90));

        foreach (var name in new[] { "h2.cftunnel.com", "quic.cftunnel.com", "probe.cftunnel.com", "localhost", "127.0.0.1", "::1", "edge.example.com", "192.0.2.4" })
        {
            Assert.True(leaf.MatchesHostname(name, allowWildcards: true, allowCommonName: false), name);
        }

        Assert.False(leaf.MatchesHostname("region1.cftunnel.com", allowWildcards: true, allowCommonName: false));
        Assert.True(Verify(leaf, authority.Certificate));
        using var key = leaf.GetECDsaPublicKey()!;
        Assert.Equal("1.2.840.10045.3.1.7", key.ExportParameters(false).Curve.Oid.Value);
    }

    [Fact]
    public void Another_authority_does_not_verify_it()
    {
        using var authority = CertificateAuthority.Create(Now);
        using var other = CertificateAuthority.Create(Now);
        using var leaf = authority.IssueServer(["localhost"], Now, TimeSpan.FromDays(90));

        Assert.False(Verify(leaf, other.Certificate));
    }

    [Fact]
    public void A_certificate_without_its_key_is_refused_by_name()
    {
        CertificateAuthority.Open(DataFolder.Open(Data), Now).Dispose();
        File.Delete(Path.Combine(Data, "ca.key"));

        var refusal = Assert.Throws<EdgeConfigurationException>(() => CertificateAuthority.Open(DataFolder.Open(Data), Now));
        Assert.Contains("ca.key", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_crash_between_the_two_files_is_repaired_by_the_next_start()
    {
        CertificateAuthority.Open(DataFolder.Open(Data), Now).Dispose();
        File.Delete(Path.Combine(Data, "ca.pem"));
        File.WriteAllText(Path.Combine(Data, "ca.pem.new"), "half a certif");

        using var authority = CertificateAuthority.Open(DataFolder.Open(Data), Now);
        using var leaf = authority.IssueServer(["localhost"], Now, TimeSpan.FromDays(90));
        Assert.True(Verify(leaf, authority.Certificate));
    }

    [Theory]
    [InlineData("ca.pem")]
    [InlineData("ca.key")]
    public void Every_truncation_of_a_file_is_refused(string name)
    {
        CertificateAuthority.Open(DataFolder.Open(Data), Now).Dispose();
        var path = Path.Combine(Data, name);
        var whole = File.ReadAllText(path);
        for (var length = 0; length < whole.TrimEnd().Length; length += 7)
        {
            File.WriteAllText(path, whole[..length]);
            Assert.Throws<EdgeConfigurationException>(() => CertificateAuthority.Open(DataFolder.Open(Data), Now));
        }
    }

    [Fact]
    public void The_key_of_another_authority_is_refused()
    {
        CertificateAuthority.Open(DataFolder.Open(Data), Now).Dispose();
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        File.WriteAllText(Path.Combine(Data, "ca.key"), other.ExportPkcs8PrivateKeyPem());

        Assert.Throws<EdgeConfigurationException>(() => CertificateAuthority.Open(DataFolder.Open(Data), Now));
    }

    [Fact]
    public void An_authority_that_has_run_out_is_refused_with_its_dates()
    {
        CertificateAuthority.Open(DataFolder.Open(Data), Now).Dispose();

        var refusal = Assert.Throws<EdgeConfigurationException>(() => CertificateAuthority.Open(DataFolder.Open(Data), Now.AddYears(11)));
        Assert.Contains("2036", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_issued_certificate_is_renewed_before_it_runs_out()
    {
        var time = new FakeTimeProvider(Now);
        using var authority = CertificateAuthority.Create(Now);
        var issued = new IssuedCertificate(authority, ["localhost"], time);

        var first = issued.Current;
        time.Advance(TimeSpan.FromDays(59));
        Assert.Same(first, issued.Current);
        time.Advance(TimeSpan.FromDays(1));

        Assert.NotSame(first, issued.Current);
        Assert.True(issued.Current.TargetCertificate.NotAfter > Now.AddDays(140));
    }

    [Fact]
    public void A_leaf_never_outlives_its_authority()
    {
        using var authority = CertificateAuthority.Create(Now);
        using var leaf = authority.IssueServer(["localhost"], Now.AddDays(3640), TimeSpan.FromDays(90));

        Assert.Equal(authority.Certificate.NotAfter, leaf.NotAfter);
    }

    public void Dispose() => _folder.Dispose();

    private static bool Verify(X509Certificate2 leaf, X509Certificate2 root)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(root);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationTime = Now.UtcDateTime;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1"));
        return chain.Build(leaf);
    }
}
