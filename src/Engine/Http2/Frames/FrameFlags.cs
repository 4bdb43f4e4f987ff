namespace Engine.Http2.Frames;

/// <summary>Frame flags (RFC 9113 §6). The same bit means different things on different types; bits without a meaning are ignored (§4.1).</summary>
[Flags]
internal enum FrameFlags : byte
{
    None = 0,

    /// <summary>DATA, HEADERS: the sender's last frame on the stream.</summary>
    EndStream = 0x1,

    /// <summary>SETTINGS, PING: an acknowledgement.</summary>
    Ack = 0x1,

    /// <summary>HEADERS, PUSH_PROMISE, CONTINUATION: the field block ends here.</summary>
    EndHeaders = 0x4,

    /// <summary>DATA, HEADERS, PUSH_PROMISE: a pad length leads the payload.</summary>
    Padded = 0x8,

    /// <summary>HEADERS: the deprecated priority fields lead the field block.</summary>
    Priority = 0x20,
}
