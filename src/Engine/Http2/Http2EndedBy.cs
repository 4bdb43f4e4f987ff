namespace Engine.Http2;

/// <summary>Who ended an HTTP/2 connection.</summary>
public enum Http2EndedBy
{
    /// <summary>This side: a shutdown, an abort, or an error that it found in what the peer sent.</summary>
    Local,

    /// <summary>The peer: GOAWAY, or an orderly end of its bytes.</summary>
    Peer,

    /// <summary>The transport below: a reset, a time-out, an I/O error.</summary>
    Transport,
}
