namespace Engine.Splicing;

/// <summary>A side of a splice.</summary>
public enum SpliceSide
{
    /// <summary>None failed.</summary>
    None,

    /// <summary>The first pipe.</summary>
    A,

    /// <summary>The second pipe.</summary>
    B,
}
