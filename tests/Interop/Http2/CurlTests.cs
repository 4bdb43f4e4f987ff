using System.Security.Cryptography;
using System.Text;
using Engine.Http2.Host;
using Engine.Testing;
using Engine.Testing.Programs;

namespace Engine.Interop.Http2;

/// <summary>Our server role against curl.</summary>
public class CurlTests(HostFixture host) : IClassFixture<HostFixture>
{
    private static readonly string Fixed = Encoding.ASCII.GetString(Answers.Fixed);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_gets_the_fixed_answer_over_HTTP_2(bool tls)
    {
        var result = await CurlAsync([.. Version(tls), "-w", "%{http_version} %{http_code}", Address(tls) + "/"]);
        Assert.Equal(Fixed + "2 200", result.Output);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_uploads_a_large_body_and_gets_it_back(bool tls)
    {
        using var folder = new TemporaryFolder();
        var sent = RandomNumberGenerator.GetBytes(20_000_000);
        await File.WriteAllBytesAsync(folder["up"], sent);
        await CurlAsync([.. Version(tls), "--data-binary", "@" + folder["up"], "-o", folder["down"], Address(tls) + "/echo"]);
        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(await File.ReadAllBytesAsync(folder["down"])));
    }

    [Fact]
    public async Task It_sees_no_body_after_HEAD_and_404_elsewhere()
    {
        var head = await CurlAsync(["--http2-prior-knowledge", "-I", host.Cleartext + "/"]);
        Assert.StartsWith("HTTP/2 200", head.Output, StringComparison.Ordinal);
        Assert.Contains($"content-length: {Answers.Fixed.Length}", head.Output, StringComparison.Ordinal);
        var none = await CurlAsync(["--http2-prior-knowledge", "-w", "%{http_code}", host.Cleartext + "/nowhere"]);
        Assert.Equal("404", none.Output);
    }

    [Fact]
    public async Task It_gets_many_answers_in_parallel()
    {
        // Over TLS: curl 7.88 breaks its own parallel transfers with prior knowledge, against any server.
        using var folder = new TemporaryFolder();
        await CurlAsync([.. Version(tls: true), "-Z", "--parallel-max", "50", "-o", folder["#1"], host.Tls + "/bytes/100000?[1-100]"]);
        Assert.Equal(100, Directory.GetFiles(folder.Path).Length);
        Assert.All(Directory.GetFiles(folder.Path), file => Assert.Equal(100_000, new FileInfo(file).Length));
    }

    private static async Task<ProgramResult> CurlAsync(string[] arguments) =>
        (await RealProgram.Curl.RunAsync(["-sS", "--max-time", "60", .. arguments], Deadline.Bulk)).Succeeded();

    private static string[] Version(bool tls) => tls ? ["-k", "--http2"] : ["--http2-prior-knowledge"];

    private string Address(bool tls) => tls ? host.Tls : host.Cleartext;
}
