namespace Engine.Http1;

/// <summary>How the end of a message body is found (RFC 9112 §6.3).</summary>
public enum Http1BodyKind
{
    /// <summary>There is no body.</summary>
    None,

    /// <summary>Content-Length octets.</summary>
    Length,

    /// <summary>Chunked transfer coding.</summary>
    Chunked,

    /// <summary>The end of the connection ends the body: responses only.</summary>
    UntilClose,
}
