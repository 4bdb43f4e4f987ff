namespace Engine.Http2;

/// <summary>A stream could not be opened on this connection.</summary>
public sealed class Http2StreamRefusedException : IOException
{
    /// <summary>Creates the exception.</summary>
    public Http2StreamRefusedException(string message, bool isSafeToRetry, Exception? inner = null)
        : base(message, inner) => IsSafeToRetry = isSafeToRetry;

    /// <summary>Whether nothing was sent, so that the request may go out on another connection.</summary>
    public bool IsSafeToRetry { get; }
}
