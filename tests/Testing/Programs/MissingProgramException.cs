namespace Engine.Testing.Programs;

/// <summary>A test needs a program that this machine does not have. The test fails; it is not skipped.</summary>
public sealed class MissingProgramException(RealProgram program)
    : Exception($"This test needs `{program.Name}`, which is not on the PATH. On Debian: apt-get install {program.Package} (tests/run does it).");
