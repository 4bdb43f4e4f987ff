namespace Engine.Http2;

/// <summary>How an HTTP/2 connection ended.</summary>
/// <param name="EndedBy">Who ended it.</param>
/// <param name="Code">The code of the GOAWAY that was sent or received; <see cref="Http2ErrorCode.NoError"/> for an orderly end.</param>
/// <param name="Reason">What happened, for a log line.</param>
/// <param name="Exception">The exception behind it, if there was one.</param>
public sealed record Http2ConnectionEnd(Http2EndedBy EndedBy, Http2ErrorCode Code, string Reason, Exception? Exception = null)
{
    /// <summary>Whether the connection ended in order: no error code and no exception.</summary>
    public bool IsClean => Code == Http2ErrorCode.NoError && Exception is null;
}
