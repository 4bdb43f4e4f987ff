namespace Engine.Tunnels;

/// <summary>What a stream of a tunnel carries for a visitor.</summary>
public enum TunnelStreamKind
{
    /// <summary>An HTTP request and its response.</summary>
    Http,

    /// <summary>A WebSocket, or another upgraded HTTP connection: after the response head the stream is a byte pipe.</summary>
    WebSocket,

    /// <summary>A TCP session to the address in the stream's authority: after the response head the stream is a byte pipe.</summary>
    Tcp,
}
