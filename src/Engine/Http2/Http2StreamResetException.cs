using Microsoft.AspNetCore.Connections;

namespace Engine.Http2;

/// <summary>The peer reset the stream, or gave it up with the connection.</summary>
public sealed class Http2StreamResetException : ConnectionResetException
{
    /// <summary>Creates the exception for a reset with <paramref name="code"/>.</summary>
    public Http2StreamResetException(Http2ErrorCode code, string message, bool isSafeToRetry = false, Exception? inner = null)
        : base(message, inner!)
    {
        ErrorCode = code;
        IsSafeToRetry = isSafeToRetry || code == Http2ErrorCode.RefusedStream;
    }

    /// <summary>The code of the RST_STREAM.</summary>
    public Http2ErrorCode ErrorCode { get; }

    /// <summary>Whether the peer promised that it did nothing with the stream (RFC 9113 §8.7).</summary>
    public bool IsSafeToRetry { get; }
}
