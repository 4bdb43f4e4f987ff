using System.Reflection;
using Engine.Cli.CommandLine;
using Engine.Cli.Logging;
using Engine.Hosting;
using Engine.Hosting.Configuration;
using Microsoft.Extensions.Logging;

namespace Engine.Cli;

/// <summary>The program: reads the command line, runs what it asks for, and turns the end into an exit code.</summary>
internal sealed class EngineProgram(TextWriter output, TextWriter error, Func<string, string?> environment)
{
    /// <summary>Ended normally, or by a signal and drained.</summary>
    public const int Success = 0;

    /// <summary>The configuration is faulty, or the program cannot start or go on.</summary>
    public const int Failure = 1;

    /// <summary>The command line cannot be understood.</summary>
    public const int Usage = 255;

    /// <summary>The version of this build.</summary>
    public static string Version { get; } =
        typeof(EngineProgram).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "DEV";

    public static Task<int> RunAsync(string[] arguments) =>
        new EngineProgram(Console.Out, Console.Error, Environment.GetEnvironmentVariable).RunAsync(CommandLineParser.Parse(arguments));

    /// <summary>Runs to the end, or until a signal.</summary>
    public async Task<int> RunAsync(ParsedCommandLine command)
    {
        if (command.Faults.Count > 0)
        {
            foreach (var fault in command.Faults)
            {
                error.WriteLine($"engine: {fault}");
            }

            error.WriteLine("See 'engine help'.");
            return Usage;
        }

        switch (command.Command)
        {
            case Command.Help:
                HelpText.Write(output);
                return Success;
            case Command.Version:
                output.WriteLine($"engine {Version}");
                return Success;
            case Command.Edge:
                var edge = EdgeConfiguration.Load(command.Settings, environment, out var edgeLog);
                return edge.Value is null ? Report(edge) : await RunAsync(edgeLog, edge, log => new EdgeRun(edge.Value, log, output));
            default:
                var sources = new ConnectorSources
                {
                    CommandLine = command.Settings,
                    Environment = environment,
                    Tunnel = command.Tunnel,
                    SearchFolders = DefaultFolders.All,
                };
                var connector = ConnectorConfiguration.Load(sources, out var connectorLog);
                return connector.Value is null ? Report(connector) : await RunAsync(connectorLog, connector, log => new ConnectorRun(connector.Value, log, output));
        }
    }

    private int Report<T>(ConfigurationOutcome<T> outcome)
        where T : class
    {
        foreach (var fault in outcome.Faults)
        {
            error.WriteLine(outcome.Describe(fault));
        }

        error.WriteLine(outcome.Faults.Count == 1 ? "engine: 1 fault; nothing was started." : $"engine: {outcome.Faults.Count} faults; nothing was started.");
        return Failure;
    }

    private async Task<int> RunAsync<T>(LogSettings log, ConfigurationOutcome<T> outcome, Func<ILoggerFactory, IRun> create)
        where T : class
    {
        LineLoggerProvider provider;
        try
        {
            provider = new LineLoggerProvider(log, error, HasColours(), TimeProvider.System);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"engine: the log file '{log.File}' cannot be written: {exception.Message}");
            return Failure;
        }

        using (provider)
        using (var factory = new LoggerFactory([provider], new LoggerFilterOptions { MinLevel = log.Level }))
        {
            var logger = factory.CreateLogger("Engine.Cli");
            foreach (var warning in outcome.Warnings)
            {
                ProgramLog.Warning(logger, outcome.Describe(warning));
            }

            using var signals = new StopSignals(logger, TimeProvider.System, Environment.Exit);
            return await RunAsync(create(factory), logger, signals.Stop);
        }
    }

    private static async Task<int> RunAsync(IRun run, ILogger logger, CancellationToken stop)
    {
        await using (run)
        {
            try
            {
                await run.RunAsync(stop);
                return Success;
            }
            catch (HostStartException exception)
            {
                foreach (var fault in exception.Faults)
                {
                    ProgramLog.CannotStart(logger, fault);
                }
            }
            catch (Tunnels.RegistrationRefusedException exception)
            {
                ProgramLog.Refused(logger, exception.Cause);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return Success;
            }
            catch (Exception exception)
            {
                // Nothing that is foreseen: told whole, so that it can be reported.
                ProgramLog.Unexpected(logger, exception.ToString());
            }

            return Failure;
        }
    }

    private bool HasColours() => ReferenceEquals(error, Console.Error) && !Console.IsErrorRedirected && string.IsNullOrEmpty(environment("NO_COLOR"));
}
