namespace Engine.Edge.Forwarding;

/// <summary>Why a body stopped moving.</summary>
internal enum PumpEnd
{
    /// <summary>It has not.</summary>
    Running,

    /// <summary>The source ended; its last octets are written but not flushed.</summary>
    Completed,

    /// <summary>Reading failed.</summary>
    SourceFailed,

    /// <summary>Writing failed.</summary>
    SinkFailed,

    /// <summary>The source has more than was announced.</summary>
    TooLong,

    /// <summary>The pump was stopped.</summary>
    Stopped,
}
