namespace Engine.Splicing;

/// <summary>How a splice ended, as a value.</summary>
/// <param name="AToB">From the first pipe to the second.</param>
/// <param name="BToA">From the second pipe to the first.</param>
/// <param name="Failed">The side that failed first.</param>
public readonly record struct SpliceResult(SpliceDirection AToB, SpliceDirection BToA, SpliceSide Failed)
{
    /// <summary>Whether both directions ended by themselves.</summary>
    public bool IsClean => AToB.End == SpliceEnd.Completed && BToA.End == SpliceEnd.Completed;

    /// <summary>The failure of <see cref="Failed"/>, or null.</summary>
    public Exception? Error { get; init; }
}
