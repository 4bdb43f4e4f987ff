namespace Engine.Splicing;

/// <summary>How a splice ends.</summary>
public sealed class SpliceOptions
{
    /// <summary>The defaults.</summary>
    public static SpliceOptions Default { get; } = new();

    /// <summary>
    /// Time that the other direction may go on without a byte after one direction has ended; then it ends as
    /// <see cref="SpliceEnd.Idle"/>. Default: for ever, as a half-closed session may be silent for long.
    /// </summary>
    public TimeSpan HalfCloseTimeout { get; init; } = Timeout.InfiniteTimeSpan;

    /// <summary>
    /// Time that the other direction may go on without a byte after writing to a side has failed: what that side had sent before,
    /// such as an early answer, still gets through. Default 1 s.
    /// </summary>
    public TimeSpan FailureDrainTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The clock.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
