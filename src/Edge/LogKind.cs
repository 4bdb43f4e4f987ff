namespace Engine.Edge;

/// <summary>The log lines that a flood of visitors could repeat without end.</summary>
internal enum LogKind
{
    /// <summary>A visitor's connection was closed for what it said, or did not say.</summary>
    VisitorRefused,

    /// <summary>A visitor stopped to send or to read.</summary>
    VisitorStalled,

    /// <summary>A limit of connections or streams was met.</summary>
    Limit,

    /// <summary>A tunnel's request was answered by the edge.</summary>
    TunnelAnswer,

    /// <summary>Serving failed unexpectedly.</summary>
    Failure,
}
