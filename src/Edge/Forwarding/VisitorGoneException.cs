namespace Engine.Edge.Forwarding;

/// <summary>Writing to the visitor failed where a failure of the tunnel could have been meant.</summary>
internal sealed class VisitorGoneException : Exception
{
    public VisitorGoneException(Exception cause)
        : base("The visitor is gone.", cause)
    {
    }
}
