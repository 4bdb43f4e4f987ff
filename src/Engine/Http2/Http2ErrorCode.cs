namespace Engine.Http2;

/// <summary>Why a stream or a connection ended: the codes of RST_STREAM and GOAWAY (RFC 9113 §7).</summary>
/// <remarks>The value on the wire is 32 bits wide and a peer may send one that has no name here; it means INTERNAL_ERROR.</remarks>
public enum Http2ErrorCode : uint
{
    /// <summary>NO_ERROR: a graceful end.</summary>
    NoError = 0x0,

    /// <summary>PROTOCOL_ERROR: the peer broke a rule that has no code of its own.</summary>
    ProtocolError = 0x1,

    /// <summary>INTERNAL_ERROR: the fault is the sender's.</summary>
    InternalError = 0x2,

    /// <summary>FLOW_CONTROL_ERROR: more was sent than the window allowed, or a window passed 2³¹-1.</summary>
    FlowControlError = 0x3,

    /// <summary>SETTINGS_TIMEOUT: settings were not acknowledged in time.</summary>
    SettingsTimeout = 0x4,

    /// <summary>STREAM_CLOSED: a frame came for a stream that its sender had ended.</summary>
    StreamClosed = 0x5,

    /// <summary>FRAME_SIZE_ERROR: a frame is longer than allowed, or not of its type's size.</summary>
    FrameSizeError = 0x6,

    /// <summary>REFUSED_STREAM: nothing was done for the stream, so that it is safe to try again.</summary>
    RefusedStream = 0x7,

    /// <summary>CANCEL: the stream is no longer wanted.</summary>
    Cancel = 0x8,

    /// <summary>COMPRESSION_ERROR: the header compression state is lost.</summary>
    CompressionError = 0x9,

    /// <summary>CONNECT_ERROR: the connection behind a CONNECT was reset or closed abnormally.</summary>
    ConnectError = 0xA,

    /// <summary>ENHANCE_YOUR_CALM: the peer asks for more work than it will be given.</summary>
    EnhanceYourCalm = 0xB,

    /// <summary>INADEQUATE_SECURITY: the transport is weaker than RFC 9113 §9.2 requires.</summary>
    InadequateSecurity = 0xC,

    /// <summary>HTTP_1_1_REQUIRED: the request must be made over HTTP/1.1.</summary>
    Http11Required = 0xD,
}
