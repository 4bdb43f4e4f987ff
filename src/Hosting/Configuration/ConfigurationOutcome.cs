using Engine.Ingress;

namespace Engine.Hosting.Configuration;

/// <summary>What came of reading a configuration: settings, or everything that is wrong with it.</summary>
/// <typeparam name="T">The settings.</typeparam>
/// <param name="Value">The settings; null when there are faults.</param>
/// <param name="File">The file that the places in the faults refer to, or null.</param>
/// <param name="Faults">Everything that is wrong.</param>
/// <param name="Warnings">What is accepted and of no effect.</param>
public sealed record ConfigurationOutcome<T>(
    T? Value,
    string? File,
    IReadOnlyList<ConfigurationFault> Faults,
    IReadOnlyList<ConfigurationFault> Warnings)
    where T : class
{
    /// <summary>A fault or warning as one line: the file's name before its place.</summary>
    public string Describe(ConfigurationFault fault) => fault.Line > 0 && File is not null ? $"{File}:{fault}" : fault.ToString();
}
