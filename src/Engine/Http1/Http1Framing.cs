namespace Engine.Http1;

/// <summary>The framing of one message body.</summary>
/// <param name="Kind">How its end is found.</param>
/// <param name="Length">Its octets when the kind is <see cref="Http1BodyKind.Length"/>; otherwise 0.</param>
public readonly record struct Http1Framing(Http1BodyKind Kind, long Length)
{
    /// <summary>No body.</summary>
    public static Http1Framing None => default;

    /// <summary>Chunked transfer coding.</summary>
    public static Http1Framing Chunked => new(Http1BodyKind.Chunked, 0);

    /// <summary>Ended by the connection's end.</summary>
    public static Http1Framing UntilClose => new(Http1BodyKind.UntilClose, 0);

    /// <summary>A body of <paramref name="length"/> octets.</summary>
    public static Http1Framing OfLength(long length) => new(Http1BodyKind.Length, length);
}
