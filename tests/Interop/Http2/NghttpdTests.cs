using System.Security.Cryptography;
using Engine.Testing;
using Engine.Testing.Programs;

namespace Engine.Interop.Http2;

/// <summary>Our client role against nghttpd.</summary>
public sealed class NghttpdTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly byte[] _file = RandomNumberGenerator.GetBytes(10_000_000);
    private readonly int _port = FreePort.Next();
    private readonly int _tlsPort = FreePort.Next();
    private ProgramRun _cleartext = null!;
    private ProgramRun _tls = null!;

    public async Task InitializeAsync()
    {
        await File.WriteAllBytesAsync(_folder["file"], _file);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new System.Security.Cryptography.X509Certificates.CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var keyFile = _folder.Write("key.pem", key.ExportPkcs8PrivateKeyPem());
        var certificateFile = _folder.Write("cert.pem", certificate.ExportCertificatePem());
        _cleartext = RealProgram.Nghttpd.Start("--no-tls", "--echo-upload", "--trailer=x-sum: 42", "-a", "127.0.0.1", "-d", _folder.Path, $"{_port}");
        _tls = RealProgram.Nghttpd.Start("-a", "127.0.0.1", "-d", _folder.Path, $"{_tlsPort}", keyFile, certificateFile);
        await _cleartext.WaitForPortAsync(_port);
        await _tls.WaitForPortAsync(_tlsPort);
    }

    public async Task DisposeAsync()
    {
        await _cleartext.DisposeAsync();
        await _tls.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task We_get_a_file_and_404_for_what_is_none(bool tls)
    {
        await using var client = await EngineClient.ConnectAsync(tls ? _tlsPort : _port, tls);
        var (status, length, hash) = await client.GetAsync("/file", tls ? "https" : "http");
        Assert.Equal(("200", (long)_file.Length), (status, length));
        Assert.Equal(SHA256.HashData(_file), hash);
        Assert.Equal("404", (await client.GetAsync("/none", tls ? "https" : "http")).Status);
    }

    [Fact]
    public async Task We_read_its_trailers()
    {
        await using var client = await EngineClient.ConnectAsync(_port);
        await using var stream = await client.OpenAsync("GET", "/file");
        Assert.Equal("200", await EngineClient.ReadStatusAsync(stream));
        Assert.Equal(_file.Length, (await EngineClient.ReadBodyAsync(stream)).Length);
        Assert.Equal("42", stream.Trailers?.GetString("x-sum"u8));
    }

    [Fact]
    public async Task It_echoes_our_upload()
    {
        await using var client = await EngineClient.ConnectAsync(_port);
        await using var stream = await client.OpenAsync("POST", "/echo", hasBody: true);
        var writing = EngineClient.WriteBodyAsync(stream, _file);
        Assert.Equal("200", await EngineClient.ReadStatusAsync(stream));
        Assert.Equal(SHA256.HashData(_file), (await EngineClient.ReadBodyAsync(stream)).Hash);
        await writing.Within();
    }

    [Fact]
    public async Task A_hundred_requests_in_parallel_are_all_answered()
    {
        await using var client = await EngineClient.ConnectAsync(_port);
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => client.GetAsync("/none"))).Within(Deadline.Bulk);
        Assert.All(answers, answer => Assert.Equal("404", answer.Status));
    }

    [Fact]
    public async Task More_requests_than_it_takes_at_once_wait_for_their_turn()
    {
        // nghttpd takes 100 streams.
        await using var client = await EngineClient.ConnectAsync(_port);
        var answers = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => client.GetAsync("/none"))).Within(Deadline.Bulk);
        Assert.All(answers, answer => Assert.Equal("404", answer.Status));
    }

    [Fact]
    public async Task It_answers_our_ping_and_our_goodbye()
    {
        await using var client = await EngineClient.ConnectAsync(_port);
        Assert.InRange(await client.Connection.PingAsync().Within(), TimeSpan.Zero, Deadline.Standard);
        await client.Connection.ShutdownAsync().Within();
        Assert.False(client.Connection.IsOpenForStreams);
    }
}
