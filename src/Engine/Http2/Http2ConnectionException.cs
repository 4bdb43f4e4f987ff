namespace Engine.Http2;

/// <summary>A connection error (RFC 9113 §5.4.1): the connection ends with GOAWAY.</summary>
public sealed class Http2ConnectionException : IOException
{
    /// <summary>Creates the exception.</summary>
    public Http2ConnectionException(Http2ErrorCode code, string reason)
        : base(reason) => ErrorCode = code;

    /// <summary>The code that GOAWAY carries.</summary>
    public Http2ErrorCode ErrorCode { get; }
}
