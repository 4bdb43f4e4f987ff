using System.Text.RegularExpressions;
using Engine.Testing;
using Engine.Testing.Programs;

namespace Engine.Interop.Http2;

/// <summary>Our server role under h2load: every request answered, none failed.</summary>
[Collection(OneAtATime.Name)]
public partial class H2LoadTests(HostFixture host) : IClassFixture<HostFixture>
{
    [Theory]
    [InlineData(false, "/", 20_000, 10, 100)]
    [InlineData(true, "/", 10_000, 10, 100)]
    [InlineData(false, "/bytes/200000", 500, 5, 20)]
    public async Task Every_request_succeeds(bool tls, string path, int requests, int clients, int streams)
    {
        var result = (await RealProgram.H2Load.RunAsync(
            ["-n", $"{requests}", "-c", $"{clients}", "-m", $"{streams}", (tls ? host.Tls : host.Cleartext) + path], Deadline.Bulk)).Succeeded();
        Assert.Contains($"{requests} succeeded, 0 failed, 0 errored, 0 timeout", result.Output, StringComparison.Ordinal);
        Assert.Equal($"{requests}", Status2xx().Match(result.Output).Groups[1].Value);
    }

    [Fact]
    public async Task Uploads_succeed()
    {
        using var folder = new TemporaryFolder();
        var body = folder.Write("body", new string('b', 50_000));
        var result = (await RealProgram.H2Load.RunAsync(["-n", "2000", "-c", "5", "-m", "20", "-d", body, host.Cleartext + "/echo"], Deadline.Bulk)).Succeeded();
        Assert.Contains("2000 succeeded, 0 failed, 0 errored, 0 timeout", result.Output, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"status codes: (\d+) 2xx")]
    private static partial Regex Status2xx();
}
