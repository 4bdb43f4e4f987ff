namespace Engine.Tunnels.Headers;

/// <summary>The fields by which edge and connector talk to each other, and what they may say.</summary>
internal static class TunnelFields
{
    /// <summary>What begins the names that no visitor may send and no origin may answer.</summary>
    public static ReadOnlySpan<byte> Prefix => "cf-cloudflared-"u8;

    /// <summary>Request: which kind of stream this is.</summary>
    public static ReadOnlySpan<byte> Upgrade => "cf-cloudflared-proxy-connection-upgrade"u8;

    /// <summary>Request: the visitor of a TCP stream; its presence makes it one.</summary>
    public static ReadOnlySpan<byte> Source => "cf-cloudflared-proxy-src"u8;

    /// <summary>Request: switches tracing on; not for the origin.</summary>
    public static ReadOnlySpan<byte> TraceId => "cf-trace-id"u8;

    /// <summary>Response: the origin's fields, serialised.</summary>
    public static ReadOnlySpan<byte> ResponseHeaders => "cf-cloudflared-response-headers"u8;

    /// <summary>Response: who made it, as JSON.</summary>
    public static ReadOnlySpan<byte> ResponseMeta => "cf-cloudflared-response-meta"u8;

    /// <summary>Request of the control stream, ours: what the edge can do.</summary>
    public static ReadOnlySpan<byte> EngineFeatures => "engine-features"u8;

    /// <summary>Response, ours: the stable code of a failure.</summary>
    public static ReadOnlySpan<byte> EngineError => "engine-error"u8;

    /// <summary>Request of an upgraded stream, ours: the protocol to change to, where it is not WebSocket.</summary>
    public static ReadOnlySpan<byte> EngineUpgrade => "engine-upgrade"u8;

    public static ReadOnlySpan<byte> ControlStream => "control-stream"u8;

    public static ReadOnlySpan<byte> UpdateConfiguration => "update-configuration"u8;

    public static ReadOnlySpan<byte> WebSocket => "websocket"u8;

    public static ReadOnlySpan<byte> OriginMeta => "{\"src\":\"origin\"}"u8;

    public static ReadOnlySpan<byte> ConnectorMeta => "{\"src\":\"cloudflared\"}"u8;
}
