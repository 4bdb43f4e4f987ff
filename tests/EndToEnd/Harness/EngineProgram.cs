using Engine.Testing;
using Engine.Testing.Programs;

namespace Engine.EndToEnd.Harness;

/// <summary>The <c>engine</c> program that this build made, run as a user would.</summary>
internal static class EngineProgram
{
    /// <summary>The executable, in the program's own output folder and of the tests' own configuration.</summary>
    public static string Executable { get; } = Repository.At("src", "Cli", "bin", Configuration, "net10.0", "engine");

    // bin/CONFIGURATION/net10.0/
    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    public static ProgramRun Start(params string[] arguments) => ProgramRun.Start(Executable, arguments);

    public static async Task<ProgramResult> RunAsync(params string[] arguments)
    {
        await using var run = Start(arguments);
        return await run.WaitForExitAsync();
    }
}
