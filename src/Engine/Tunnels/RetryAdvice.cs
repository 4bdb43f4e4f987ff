namespace Engine.Tunnels;

/// <summary>What to do after a refusal; decided where the refusal is seen.</summary>
public enum RetryAdvice
{
    /// <summary>Try again at once.</summary>
    Now,

    /// <summary>Try again after the usual wait.</summary>
    Backoff,

    /// <summary>Report it and stop: nothing will change by trying.</summary>
    Never,

    /// <summary>Try again after the usual wait, at another address: this edge server has a connection of this connector already.</summary>
    OtherAddress,
}
