using System.Text;
using Engine.Http2.Host;
using Engine.Testing;
using Engine.Testing.Programs;

namespace Engine.Interop.Http2;

/// <summary>Our server role against nghttp, whose verbose log names every frame.</summary>
public class NghttpTests(HostFixture host) : IClassFixture<HostFixture>
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_gets_the_fixed_answer_and_acknowledged_settings(bool tls)
    {
        var result = await NghttpAsync("-v", "--no-verify-peer", (tls ? host.Tls : host.Cleartext) + "/");
        Assert.Contains(":status: 200", result.Output, StringComparison.Ordinal);
        Assert.Contains(Encoding.ASCII.GetString(Answers.Fixed), result.Output, StringComparison.Ordinal);
        Assert.Contains("SETTINGS_MAX_CONCURRENT_STREAMS(0x03):100", result.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("RST_STREAM", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Its_trailers_padding_and_continuations_come_through()
    {
        using var folder = new TemporaryFolder();
        var body = folder.Write("body", new string('~', 100_000));
        var result = await NghttpAsync("-v", "--padding=100", "--continuation", "--trailer", "x-sum: 42", "-d", body, host.Cleartext + "/echo");
        Assert.Contains(":status: 200", result.Output, StringComparison.Ordinal);
        Assert.True(result.Output.LastIndexOf("x-sum: 42", StringComparison.Ordinal) > result.Output.IndexOf(":status: 200", StringComparison.Ordinal), result.Output);
        Assert.Equal(100_000, result.Output.Count(character => character == '~'));
    }

    [Theory]
    [InlineData("--window-bits=10")]
    [InlineData("--connection-window-bits=14")]
    [InlineData("--header-table-size=0")]
    [InlineData("--header-table-size=65536")]
    [InlineData("--encoder-header-table-size=0")]
    public async Task It_gets_every_octet_whatever_it_sets(string setting)
    {
        var result = await NghttpAsync("-ns", setting, "-m", "20", host.Cleartext + "/bytes/100000");
        Assert.Equal(20, result.Output.Split('\n').Count(line => line.Contains("/bytes/100000", StringComparison.Ordinal) && line.Contains(" 200 ", StringComparison.Ordinal)));
    }

    private static async Task<ProgramResult> NghttpAsync(params string[] arguments) =>
        (await RealProgram.Nghttp.RunAsync(arguments, Deadline.Bulk)).Succeeded();
}
