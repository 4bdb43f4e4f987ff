namespace Engine.Edge.Forwarding;

/// <summary>What follows an attempt.</summary>
internal enum AttemptNext
{
    /// <summary>Nothing.</summary>
    Nothing,

    /// <summary>Give the answer that comes with it.</summary>
    GiveAnswer,

    /// <summary>Ask another connection.</summary>
    TryAnother,

    /// <summary>Ask another connection if that was not done before, else give the answer that comes with it.</summary>
    TryAnotherOnce,
}
