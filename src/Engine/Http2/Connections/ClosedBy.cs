namespace Engine.Http2.Connections;

/// <summary>How a stream came to its end, which decides what a late frame for it means (RFC 9113 §5.1).</summary>
internal enum ClosedBy : byte
{
    /// <summary>Never used, skipped by a higher id, or closed so long ago that it is forgotten.</summary>
    Unknown,

    /// <summary>END_STREAM in both directions: the peer must send nothing more.</summary>
    EndStream,

    /// <summary>RST_STREAM from the peer: the peer must send nothing more.</summary>
    PeerReset,

    /// <summary>RST_STREAM from us: frames that were on their way are ignored.</summary>
    LocalReset,

    /// <summary>The connection's end.</summary>
    Connection,
}
