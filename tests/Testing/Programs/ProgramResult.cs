namespace Engine.Testing.Programs;

/// <summary>What a program that has ended left behind.</summary>
public sealed record ProgramResult(string Command, int ExitCode, string Output, string Error)
{
    /// <summary>Returns itself when the exit code is zero.</summary>
    /// <exception cref="InvalidOperationException">The program failed; the message carries all it said.</exception>
    public ProgramResult Succeeded() => ExitCode == 0
        ? this
        : throw new InvalidOperationException($"{Command}\nexited with {ExitCode}\n{Error}\n{Output}");
}
