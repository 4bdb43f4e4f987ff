namespace Engine.Http1;

/// <summary>What is wrong with an HTTP/1.1 message. The names are stable: they are logged and counted.</summary>
public enum Http1Error
{
    /// <summary>The input ended inside a message.</summary>
    Truncated,

    /// <summary>A line ended in LF without CR (RFC 9112 §2.2).</summary>
    BareLineFeed,

    /// <summary>A CR that no LF follows (RFC 9112 §2.2).</summary>
    BareCarriageReturn,

    /// <summary>The request line is not <c>method SP target SP version</c> (RFC 9112 §3).</summary>
    BadRequestLine,

    /// <summary>The method is not a token (RFC 9110 §9.1).</summary>
    BadMethod,

    /// <summary>The request target fits none of the four forms, or not the method (RFC 9112 §3.2).</summary>
    BadTarget,

    /// <summary>The request target is longer than the limit.</summary>
    TargetTooLong,

    /// <summary>The protocol version is neither HTTP/1.0 nor HTTP/1.1.</summary>
    UnsupportedVersion,

    /// <summary>The status line is malformed (RFC 9112 §4).</summary>
    BadStatusLine,

    /// <summary>A field line has no colon or its name is not a token (RFC 9110 §5.1).</summary>
    BadFieldName,

    /// <summary>White space stands before the colon (RFC 9112 §5.1).</summary>
    SpaceBeforeColon,

    /// <summary>A field value holds NUL or another control character (RFC 9110 §5.5).</summary>
    BadFieldValue,

    /// <summary>A field line is folded (RFC 9112 §5.2).</summary>
    ObsoleteFold,

    /// <summary>The head, or one of its lines, is larger than the limit.</summary>
    HeadTooLarge,

    /// <summary>The head has more field lines than the limit.</summary>
    TooManyFields,

    /// <summary>HTTP/1.1 without Host, more than one Host, or a Host that is not <c>name[:port]</c> (RFC 9112 §3.2).</summary>
    BadHost,

    /// <summary>The Host field and the authority in the target name different servers.</summary>
    HostMismatch,

    /// <summary>Content-Length is not one plain decimal number that fits 63 bits (RFC 9110 §8.6).</summary>
    BadContentLength,

    /// <summary>Content-Length is there more than once, or beside Transfer-Encoding (RFC 9112 §6.3).</summary>
    ConflictingLength,

    /// <summary>Transfer-Encoding is anything but exactly <c>chunked</c>, once (RFC 9112 §6.1).</summary>
    UnsupportedTransferEncoding,

    /// <summary>Transfer-Encoding where the message may not have one (RFC 9112 §6.1).</summary>
    UnexpectedTransferEncoding,

    /// <summary>A message has content where its method or status allows none.</summary>
    UnexpectedContent,

    /// <summary>A chunk size is not a hexadecimal number that fits 63 bits (RFC 9112 §7.1).</summary>
    BadChunkSize,

    /// <summary>A chunk line carries an extension or white space (RFC 9112 §7.1.1).</summary>
    ChunkExtension,

    /// <summary>Chunk data is not followed by CRLF (RFC 9112 §7.1).</summary>
    BadChunkEnd,

    /// <summary>A trailer field that would change framing or routing (RFC 9110 §6.5.1).</summary>
    BadTrailer,

    /// <summary>The trailer section is larger than the limit.</summary>
    TrailersTooLarge,

    /// <summary>A writer was given more or fewer body bytes than the head announced.</summary>
    LengthMismatch,
}
