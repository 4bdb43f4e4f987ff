using Engine.Cli.CommandLine;
using Engine.Testing;

namespace Engine.Cli.Tests;

public sealed class EngineProgramTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("help", 0, "Usage")]
    [InlineData("version", 0, "engine 0.")]
    public async Task What_is_asked_for_is_printed(string line, int code, string text)
    {
        Assert.Equal(code, await RunAsync(line));
        Assert.Contains(text, _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_help_names_every_option_that_acts()
    {
        Assert.Equal(0, await RunAsync("--help"));
        foreach (var option in new[] { "--config", "--edge", "--cacert", "--token", "--token-file", "--credentials-file", "--ha-connections", "--metrics", "--grace-period", "--log-format", "--loglevel", "--http-port" })
        {
            Assert.Contains(option + " ", _output.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_command_line_that_cannot_be_understood_ends_with_255()
    {
        Assert.Equal(255, await RunAsync("--cnofig x"));
        Assert.Contains("'--config'", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_faulty_file_ends_with_1_and_every_fault()
    {
        var file = _folder.Write("ingress.yaml", "ingres: []\nha-connections: many\n");

        Assert.Equal(1, await RunAsync($"--config {file}"));
        var error = _error.ToString();
        Assert.Contains($"{file}:1:1: ", error, StringComparison.Ordinal);
        Assert.Contains("Did you mean 'ingress'?", error, StringComparison.Ordinal);
        Assert.Contains($"{file}:2:17: ", error, StringComparison.Ordinal);
        Assert.Contains("nothing was started", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_file_is_one_line()
    {
        Assert.Equal(1, await RunAsync("--config /nowhere/ingress.yaml"));
        Assert.Equal(2, _error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.Contains("'/nowhere/ingress.yaml' does not exist", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_one_line_with_the_remedy()
    {
        var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        try
        {
            var port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port;

            Assert.Equal(1, await RunAsync($"--hello-world --metrics localhost:0 --http-port {port}").WaitAsync(Deadline.Token()));
            Assert.Contains($"Cannot start: Can't listen on 127.0.0.1:{port}", _error.ToString(), StringComparison.Ordinal);
            Assert.Contains("--http-port", _error.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            taken.Stop();
        }
    }

    [Fact]
    public async Task A_rule_that_leads_to_ourselves_is_refused()
    {
        var port = FreePort.Next();

        Assert.Equal(1, await RunAsync($"--url http://localhost:{port} --metrics localhost:0 --http-port {port}").WaitAsync(Deadline.Token()));
        Assert.Contains("is the public address of this program itself", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_file_that_cannot_be_written_is_one_line()
    {
        Assert.Equal(1, await RunAsync("--hello-world --logfile /nowhere/log"));
        Assert.Contains("'/nowhere/log' cannot be written", _error.ToString(), StringComparison.Ordinal);
    }

    private Task<int> RunAsync(string line) => new EngineProgram(_output, TextWriter.Synchronized(_error), _ => null)
        .RunAsync(CommandLineParser.Parse(line.Split(' ')));
}
