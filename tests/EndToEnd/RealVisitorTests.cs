using Engine.EndToEnd.Harness;
using Engine.Testing;
using Engine.Testing.Programs;

namespace Engine.EndToEnd;

/// <summary>Visitors that nobody here wrote.</summary>
[Collection(TunnelTests.Name)]
public sealed class RealVisitorTests(TunnelFixture tunnel)
{
    [Theory]
    [InlineData("http", "--http1.1", "1.1")]
    [InlineData("http", "--http2-prior-knowledge", "2")]
    [InlineData("https", "--http1.1", "1.1")]
    [InlineData("https", "--http2", "2")]
    [InlineData("http", "--http1.0", "1.1")]
    public async Task Curl_is_served_in_the_version_it_asks_for(string scheme, string option, string version)
    {
        var answer = await CurlAsync(option, "-w", "%{http_version} %{http_code}", $"{scheme}://node.test/hello");

        Assert.Equal($"hello\n{version} 200", answer);
    }

    [Theory]
    [InlineData("--http1.1")]
    [InlineData("--http2")]
    public async Task Curl_uploads_a_file_of_known_and_of_unknown_length(string option)
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("file", new string('x', 3_000_000));
        var known = await CurlAsync(option, "-T", file, "https://node.test/digest");
        var unknown = await CurlAsync(option, "-T", file, "-H", "Transfer-Encoding: chunked", "https://node.test/digest");

        Assert.Contains("\"length\":3000000", known);
        Assert.Contains("\"framing\":\"length\"", known);
        Assert.Contains("\"length\":3000000", unknown);
        Assert.Contains("\"framing\":\"chunked\"", unknown);
    }

    [Fact]
    public async Task Curl_sees_that_an_answer_was_cut_short()
    {
        var short11 = await RealProgram.Curl.RunAsync(["-s", "--connect-to", $"::127.0.0.1:{tunnel.Port}", "http://node.test/truncated"]);
        var short2 = await RealProgram.Curl.RunAsync(
            ["-s", "--http2-prior-knowledge", "--connect-to", $"::127.0.0.1:{tunnel.Port}", "http://node.test/truncated?chunked"]);

        // 18 partial file, 56 receive failure; 92 stream error.
        Assert.Contains(short11.ExitCode, new[] { 18, 56 });
        Assert.Contains(short2.ExitCode, new[] { 18, 56, 92 });
        Assert.Equal("the beginning", short11.Output);
    }

    [Fact]
    public async Task H2load_gets_every_answer_over_many_connections_and_streams()
    {
        var load = (await RealProgram.H2Load.RunAsync(
            ["-n", "5000", "-c", "10", "-m", "20", $"--connect-to=127.0.0.1:{tunnel.TlsPort}", "https://node.test/hello"], Deadline.Bulk)).Succeeded();

        Assert.Contains("5000 total, 5000 started, 5000 done, 5000 succeeded, 0 failed, 0 errored, 0 timeout", load.Output);
        Assert.Contains("status codes: 5000 2xx", load.Output);
    }

    [Fact]
    public async Task Nghttp_sees_no_reset_and_its_trailers()
    {
        var run = (await RealProgram.Nghttp.RunAsync(["-v", "-H", ":authority: node.test", $"http://127.0.0.1:{tunnel.Port}/trailers"])).Succeeded();

        Assert.Contains("x-digest: abc", run.Output);
        Assert.DoesNotContain("RST_STREAM", run.Output);
    }

    private async Task<string> CurlAsync(params string[] arguments)
    {
        var port = arguments[^1].StartsWith("https:", StringComparison.Ordinal) ? tunnel.TlsPort : tunnel.Port;
        var run = await RealProgram.Curl.RunAsync(["-sS", "-k", "--connect-to", $"::127.0.0.1:{port}", .. arguments]);
        return run.Succeeded().Output;
    }
}
