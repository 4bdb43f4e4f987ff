using Engine.Http2.Host;
using Engine.Testing;
using Engine.Testing.Programs;

namespace Engine.Interop.Http2;

/// <summary>tests/Http2.Host as a program, as one would start it to point a tool at it.</summary>
public class HostProgramTests
{
    [Fact]
    public async Task It_serves_both_ports_until_it_is_told_to_stop()
    {
        int port = FreePort.Next(), tlsPort = FreePort.Next();
        await using var host = Start("--port", $"{port}", "--tls-port", $"{tlsPort}", "--streams", "7");
        await host.WaitForPortAsync(port);
        await host.WaitForPortAsync(tlsPort);

        var settings = (await RealProgram.Nghttp.RunAsync(["-nv", $"http://127.0.0.1:{port}/"])).Succeeded();
        Assert.Contains("SETTINGS_MAX_CONCURRENT_STREAMS(0x03):7", settings.Output, StringComparison.Ordinal);
        var answer = (await RealProgram.Curl.RunAsync(["-sSk", "--http2", $"https://127.0.0.1:{tlsPort}/"])).Succeeded();
        Assert.Equal(System.Text.Encoding.ASCII.GetString(Answers.Fixed), answer.Output);

        Assert.Equal(0, (await host.StopAsync()).ExitCode);
    }

    [Theory]
    [InlineData("--port is missing.")]
    [InlineData("--port needs a number", "--port", "x")]
    [InlineData("--port needs a number", "--port")]
    [InlineData("--ports is no option.", "--ports", "1")]
    public async Task It_says_what_is_wrong_with_its_arguments(string fault, params string[] arguments)
    {
        await using var host = Start(arguments);
        var result = await host.WaitForExitAsync();
        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith(fault, result.Error, StringComparison.Ordinal);
    }

    /// <summary>Starts it from its own folder, built as this assembly was.</summary>
    private static ProgramRun Start(params string[] arguments)
    {
        var built = Path.GetRelativePath(Repository.At("tests", "Interop"), AppContext.BaseDirectory);
        return ProgramRun.Start("dotnet", [Repository.At("tests", "Http2.Host", built, "Engine.Http2.Host.dll"), .. arguments]);
    }
}
