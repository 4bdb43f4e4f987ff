namespace Engine.Hosting;

/// <summary>A host cannot start. The message is for the person who started it: one line for each thing, its cause and the remedy.</summary>
public sealed class HostStartException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="faults">One line for each thing that is wrong; at least one.</param>
    /// <param name="innerException">What caused it, if one thing did.</param>
    public HostStartException(IReadOnlyList<string> faults, Exception? innerException = null)
        : base(string.Join(Environment.NewLine, faults), innerException) => Faults = faults;

    /// <summary>One line for each thing that is wrong.</summary>
    public IReadOnlyList<string> Faults { get; }
}
