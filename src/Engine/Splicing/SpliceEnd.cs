namespace Engine.Splicing;

/// <summary>How one direction of a splice ended.</summary>
public enum SpliceEnd
{
    /// <summary>The source ended and its end was passed on.</summary>
    Completed,

    /// <summary>Reading from the source failed.</summary>
    SourceFailed,

    /// <summary>Writing to the destination failed, or its reader is gone.</summary>
    DestinationFailed,

    /// <summary>The other direction had ended and no byte came within the half-close time-out.</summary>
    Idle,

    /// <summary>The caller's token, or a failure of the other direction, ended it.</summary>
    Canceled,
}
