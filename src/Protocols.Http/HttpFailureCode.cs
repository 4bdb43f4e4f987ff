namespace Engine.Protocols.Http;

/// <summary>Why a request got no complete answer: stable codes, for logs, metrics and the edge.</summary>
public static class HttpFailureCode
{
    /// <summary>The origin's host name has no address, or its socket file does not exist.</summary>
    public const string NameNotFound = "origin-name-not-found";

    /// <summary>Nothing listens at the origin's address.</summary>
    public const string Refused = "origin-refused";

    /// <summary>A connect, TLS or response-head time-out passed. The visitor gets 504.</summary>
    public const string Timeout = "origin-timeout";

    /// <summary>There is no way to the origin, or no right to go it.</summary>
    public const string Unreachable = "origin-unreachable";

    /// <summary>The TLS handshake with the origin failed.</summary>
    public const string TlsFailed = "origin-tls-failed";

    /// <summary>The origin reset the connection.</summary>
    public const string Reset = "origin-reset";

    /// <summary>The origin's answer is not HTTP/1.1, or could be read in two ways.</summary>
    public const string ProtocolError = "origin-protocol-error";

    /// <summary>The origin closed the connection before the end of its answer.</summary>
    public const string ClosedEarly = "origin-closed-early";

    /// <summary>The request has passed edges of ours too often. The visitor gets 508.</summary>
    public const string LoopDetected = "loop-detected";

    /// <summary>The request's body has to be buffered for this origin and is larger than the limit. The visitor gets 413.</summary>
    public const string BodyTooLarge = "request-too-large";

    /// <summary>The request cannot be written as HTTP/1.1. The visitor gets 400.</summary>
    public const string BadRequest = "request-malformed";
}
