namespace Engine.Edge.Registry;

/// <summary>The whole tunnel connection ended under a stream; whether the connector acted on the request is not known.</summary>
internal sealed class TunnelConnectionLostException : IOException
{
    public TunnelConnectionLostException(Exception cause)
        : base("The connection to the connector ended.", cause)
    {
    }
}
