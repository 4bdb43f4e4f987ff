namespace Engine.Http2.Hpack;

/// <summary>A field block that is not HPACK: the connection's compression state is lost (COMPRESSION_ERROR, RFC 9113 §4.3).</summary>
internal sealed class HpackException : Exception
{
    /// <summary>Says what is wrong with the block.</summary>
    public HpackException(string message)
        : base(message)
    {
    }
}
