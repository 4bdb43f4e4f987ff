namespace Engine.Http1;

/// <summary>How much of a message is read before it is refused.</summary>
public sealed class Http1Limits
{
    /// <summary>The limits used where none are given.</summary>
    public static Http1Limits Default { get; } = new();

    /// <summary>Octets of start line and field lines together, line ends included. 64 KiB.</summary>
    public int MaxHeadSize { get; init; } = 64 * 1024;

    /// <summary>Field lines in a head, and in a trailer section. 256.</summary>
    public int MaxFieldCount { get; init; } = 256;

    /// <summary>Octets of the request target. 16 KiB; RFC 9112 §3 asks for 8000 at least.</summary>
    public int MaxTargetLength { get; init; } = 16 * 1024;

    /// <summary>Octets of a trailer section, line ends included. 16 KiB.</summary>
    public int MaxTrailerSize { get; init; } = 16 * 1024;

    /// <summary>Octets of a chunk-size line, line end included. 18: sixteen digits and CRLF.</summary>
    public int MaxChunkLine { get; init; } = 18;
}
