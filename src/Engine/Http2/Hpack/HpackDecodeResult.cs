namespace Engine.Http2.Hpack;

/// <summary>What a field block, decoded to its end, turned out to be.</summary>
internal enum HpackDecodeResult
{
    /// <summary>Every field is in the list.</summary>
    Complete,

    /// <summary>
    /// The field section is larger than allowed. The list is empty; the compression state is right, so that the connection can go on and
    /// the stream alone is refused (431 or RST_STREAM).
    /// </summary>
    TooLarge,
}
