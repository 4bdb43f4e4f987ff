namespace Engine.Cli.CommandLine;

/// <summary>What the program is asked to do.</summary>
internal enum Command
{
    Help,
    Version,

    /// <summary>Run a connector, with an edge in the same process when none is named.</summary>
    Connector,

    /// <summary>Run an edge.</summary>
    Edge,
}
