namespace Engine.Edge.Front;

/// <summary>In what a visitor keeps the edge waiting for too long.</summary>
internal enum Stall
{
    /// <summary>In nothing.</summary>
    None,

    /// <summary>It began a body and does not go on with it.</summary>
    Read,

    /// <summary>It does not take what was sent.</summary>
    Write,
}
