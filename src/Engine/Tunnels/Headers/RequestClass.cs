namespace Engine.Tunnels.Headers;

/// <summary>What the edge opened a stream for.</summary>
internal enum RequestClass
{
    Http,
    WebSocket,
    Tcp,
    ControlStream,
    UpdateConfiguration,
}
