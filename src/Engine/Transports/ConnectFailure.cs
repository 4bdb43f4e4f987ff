namespace Engine.Transports;

/// <summary>Why a connection could not be made, decided where it was seen so that callers need not read texts.</summary>
public enum ConnectFailure
{
    /// <summary>Something that has no name here; the exception's message and cause tell.</summary>
    Other,

    /// <summary>The host name has no address, or the Unix socket's file does not exist.</summary>
    NameNotFound,

    /// <summary>The peer answered that nothing listens there.</summary>
    Refused,

    /// <summary>No answer within the connect or handshake time-out.</summary>
    TimedOut,

    /// <summary>No route to the network or host, or access to it was denied.</summary>
    Unreachable,

    /// <summary>The peer closed or reset the connection while it was being made.</summary>
    Reset,

    /// <summary>This process or host ran out of descriptors, ports or memory.</summary>
    LocalLimit,

    /// <summary>The transport connected and TLS failed: see <see cref="ConnectFailedException.TlsReason"/>.</summary>
    TlsFailed,
}
