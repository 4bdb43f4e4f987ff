using Engine.Edge.Answers;

namespace Engine.Edge.Forwarding;

/// <summary>What became of an attempt to have a request answered by one connection of a connector.</summary>
/// <param name="Next">What is to be done now.</param>
/// <param name="Answer">The answer to give when it is ours to give.</param>
internal readonly record struct AttemptResult(AttemptNext Next, OwnAnswer? Answer = null)
{
    /// <summary>The visitor has its answer, whole or visibly cut, or is gone.</summary>
    public static AttemptResult Done => default;

    /// <summary>The request was not touched: any other connection may have it.</summary>
    public static AttemptResult Untouched => new(AttemptNext.TryAnother);

    /// <summary>The connection broke under a request that does no harm twice.</summary>
    public static AttemptResult Lost => new(AttemptNext.TryAnotherOnce, OwnAnswer.TunnelLost);

    /// <summary>The edge has to answer.</summary>
    public static AttemptResult Failed(OwnAnswer answer) => new(AttemptNext.GiveAnswer, answer);
}
