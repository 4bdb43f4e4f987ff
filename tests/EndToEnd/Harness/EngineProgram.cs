using Engine.Testing.Programs;

namespace Engine.EndToEnd.Harness;

/// <summary>The <c>engine</c> program that this build made, run as a user would.</summary>
internal static class EngineProgram
{
    /// <summary>The executable, which the build puts beside the tests.</summary>
    public static string Executable { get; } = Path.Combine(AppContext.BaseDirectory, "engine");

    public static ProgramRun Start(params string[] arguments) => ProgramRun.Start(Executable, arguments);

    public static async Task<ProgramResult> RunAsync(params string[] arguments)
    {
        await using var run = Start(arguments);
        return await run.WaitForExitAsync();
    }
}
