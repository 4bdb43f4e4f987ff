namespace Engine.Edge.Registry;

/// <summary>A connector refused a stream, or left without looking at it (RFC 9113 §6.8, §8.7): asking another one cannot do the work twice.</summary>
internal sealed class StreamNotProcessedException : IOException
{
    public StreamNotProcessedException(Exception cause)
        : base("The connector did not take the stream.", cause)
    {
    }
}
