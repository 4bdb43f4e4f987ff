namespace Engine.Splicing;

/// <summary>How a splice ends.</summary>
public sealed class SpliceOptions
{
    /// <summary>The defaults.</summary>
    public static SpliceOptions Default { get; } = new();

    /// <summary>
    /// Time that the other direction may go on without a byte after one direction has ended; then it is ended as
    /// <see cref="SpliceEnd.Idle"/>. Default: for ever, as a half-closed session may be silent for long.
    /// </summary>
    public TimeSpan HalfCloseTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
