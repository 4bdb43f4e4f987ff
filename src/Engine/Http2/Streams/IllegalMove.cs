namespace Engine.Http2.Streams;

/// <summary>Every way in which a peer can break the order of a stream's frames (RFC 9113 §5.1 and §8.1).</summary>
internal enum IllegalMove : byte
{
    /// <summary>The move is legal.</summary>
    None,

    /// <summary>DATA before the response head.</summary>
    DataBeforeHead,

    /// <summary>DATA after END_STREAM.</summary>
    DataAfterEnd,

    /// <summary>HEADERS after END_STREAM.</summary>
    HeadersAfterEnd,

    /// <summary>A second field section that does not end the stream, so that it can't be trailers.</summary>
    TrailersWithoutEnd,

    /// <summary>A 1xx head with END_STREAM.</summary>
    InformationalWithEnd,
}

/// <summary>What each illegal move costs.</summary>
internal static class IllegalMoves
{
    /// <summary>The stream error of a move.</summary>
    public static Http2ErrorCode ErrorCode(this IllegalMove move) => move switch
    {
        IllegalMove.None => Http2ErrorCode.NoError,
        IllegalMove.DataAfterEnd or IllegalMove.HeadersAfterEnd => Http2ErrorCode.StreamClosed,
        _ => Http2ErrorCode.ProtocolError,
    };

    /// <summary>A move in words.</summary>
    public static string Describe(this IllegalMove move) => move switch
    {
        IllegalMove.DataBeforeHead => "DATA came before the response head",
        IllegalMove.DataAfterEnd => "DATA came after END_STREAM",
        IllegalMove.HeadersAfterEnd => "HEADERS came after END_STREAM",
        IllegalMove.TrailersWithoutEnd => "a second field section came without END_STREAM",
        IllegalMove.InformationalWithEnd => "a 1xx response ended the stream",
        _ => "the frame is legal",
    };
}
