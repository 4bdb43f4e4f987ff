using Engine.EndToEnd.Harness;
using Engine.Testing;
using Engine.Testing.Programs;

namespace Engine.EndToEnd;

/// <summary>What a stranger who has just cloned the repository types.</summary>
public sealed class ProgramTests
{
    [Fact]
    public async Task The_first_command_of_the_readme_serves_the_hello_page_to_curl()
    {
        var port = FreePort.Next();
        await using var engine = EngineProgram.Start("--config", Repository.At("samples", "ingress.yaml"), "--http-port", port.ToString());
        await engine.WaitForTextAsync($"http://hello.localhost:{port}");
        await engine.WaitForTextAsync("Registered tunnel connection");
        var curl = (await RealProgram.Curl.RunAsync(
            ["-sS", "--fail", "-i", $"http://hello.localhost:{port}/"])).Succeeded();

        Assert.StartsWith("HTTP/1.1 200 ", curl.Output);
        Assert.Equal(0, (await engine.StopAsync()).ExitCode);
    }

    [Fact]
    public async Task The_sample_edge_is_sound()
    {
        using var folder = new TemporaryFolder();
        var text = File.ReadAllText(Repository.At("samples", "edge.yaml"));

        Assert.Contains("tunnels:", text);
        Assert.Contains("routes:", text);
        var answer = await EngineProgram.RunAsync("edge", "--config", folder.Write("edge.yaml", text + "\nfurther: key\n"));
        Assert.NotEqual(0, answer.ExitCode);
        Assert.Contains("'further'", answer.Error);
    }

    [Fact]
    public async Task A_faulty_file_is_refused_with_every_fault_its_place_and_the_nearest_name()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("ingress.yaml", """
            ha-conections: 4
            ingress:
              - hostname: "a.*.example.com"
                service: http://localhost:1
              - hostname: app.example.com
                servise: http://localhost:2
              - path: "(?<=x)y"
                service: http://localhost:3
              - service: http_status:9999
            """);
        var end = await EngineProgram.RunAsync("--config", file);

        Assert.NotEqual(0, end.ExitCode);
        foreach (var (place, word) in new[] { ("1:1", "ha-connections"), ("3:", "a.*.example.com"), ("6:", "service"), ("7:", "(?<=x)y"), ("9:", "9999") })
        {
            Assert.Contains(end.Error.Split('\n'), line => line.Contains($"ingress.yaml:{place}") && line.Contains(word));
        }
    }

    [Fact]
    public async Task The_version_is_told()
    {
        var end = (await EngineProgram.RunAsync("version")).Succeeded();

        Assert.Matches(@"\d+\.\d+\.\d+", end.Output);
    }

    [Fact]
    public async Task A_rule_that_leads_back_to_ourselves_is_refused_at_start()
    {
        using var folder = new TemporaryFolder();
        var port = FreePort.Next();
        var file = folder.Write("ingress.yaml", $"""
            http-port: {port}
            ingress:
              - service: http://localhost:{port}
            """);
        var end = await EngineProgram.RunAsync("--config", file);

        Assert.NotEqual(0, end.ExitCode);
        Assert.Contains(port.ToString(), end.Error);
    }
}
