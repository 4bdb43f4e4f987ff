namespace Engine.Http2;

/// <summary>A stream error (RFC 9113 §5.4.2): the stream ends with RST_STREAM and the connection goes on.</summary>
internal sealed class Http2StreamException : IOException
{
    public Http2StreamException(int streamId, Http2ErrorCode code, string reason)
        : base(reason)
    {
        StreamId = streamId;
        ErrorCode = code;
    }

    public int StreamId { get; }

    public Http2ErrorCode ErrorCode { get; }
}
