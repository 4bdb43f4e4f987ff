namespace Engine.Edge.Answers;

/// <summary>An answer that the edge gives by itself.</summary>
/// <param name="Code">The stable code, in the field <c>engine-error</c> and in the body.</param>
/// <param name="Status">The status.</param>
/// <param name="Title">What happened, in a few words.</param>
/// <param name="Text">What the reader can do about it.</param>
internal sealed record OwnAnswer(string Code, int Status, string Title, string Text)
{
    private const int LongestCode = 64;

    public static readonly OwnAnswer BadRequest = new(
        "bad-request", 400, "Bad request", "The request is not well formed, so it was not passed on.");

    public static readonly OwnAnswer MethodNotAllowed = new(
        "method-not-allowed", 405, "Method not allowed", "CONNECT and TRACE are not passed on.");

    public static readonly OwnAnswer HeadTimeout = new(
        "request-timeout", 408, "Request time-out", "The head of the request did not arrive in time.");

    public static readonly OwnAnswer BodyTimeout = new(
        "body-timeout", 408, "Request time-out", "The body of the request did not go on in time.");

    public static readonly OwnAnswer TargetTooLong = new(
        "target-too-long", 414, "Request target too long", "The address is longer than this edge takes.");

    public static readonly OwnAnswer WebSocketVersion = new(
        "websocket-version", 426, "Upgrade required", "Only version 13 of the WebSocket protocol is passed on.");

    public static readonly OwnAnswer TooManyStreams = new(
        "too-many-streams", 429, "Too many requests", "As many requests of your address as may run at a time are running. Try again when some have ended.");

    public static readonly OwnAnswer HeadTooLarge = new(
        "head-too-large", 431, "Request head too large", "The fields of the request are larger than this edge takes.");

    public static readonly OwnAnswer UnsupportedCoding = new(
        "unsupported-transfer-coding", 501, "Transfer coding not supported", "Only the chunked transfer coding is taken.");

    public static readonly OwnAnswer UnsupportedProtocol = new(
        "unsupported-protocol", 501, "Protocol not supported", "Of the protocols that a request can change to, only WebSocket is passed on.");

    public static readonly OwnAnswer UnsupportedVersion = new(
        "unsupported-version", 505, "HTTP version not supported", "This edge speaks HTTP/1.0, HTTP/1.1 and HTTP/2.");

    public static readonly OwnAnswer UnknownHost = new(
        "unknown-host", 404, "Unknown host", "No tunnel is routed to this host name. If it is yours, add a route for it.");

    public static readonly OwnAnswer NoConnector = new(
        "no-connector", 530, "No connector", "The tunnel for this host name has no connector at the moment. If it is yours, start the connector.");

    public static readonly OwnAnswer Draining = new(
        "draining", 503, "Shutting down", "This edge is shutting down. Try again in a moment.");

    public static readonly OwnAnswer LoopDetected = new(
        "loop-detected", 508, "Loop detected", "The request has passed this edge too often: the origin behind the tunnel leads back here.");

    public static readonly OwnAnswer TunnelLost = new(
        "tunnel-connection-lost", 502, "Connection to the connector lost", "The connection to the connector ended before it answered.");

    public static readonly OwnAnswer TunnelProtocol = new(
        "tunnel-protocol-error", 502, "Invalid answer from the connector", "The connector's answer was not well formed.");

    public static readonly OwnAnswer WebSocketAccept = new(
        "websocket-accept-mismatch", 502, "Invalid WebSocket handshake", "The origin accepted the WebSocket with a wrong key.");

    public static readonly OwnAnswer ConnectorOverloaded = new(
        "connector-overloaded", 503, "Connector overloaded", "The connector runs as many flows as it may. Try again in a moment.");

    private static readonly OwnAnswer OriginFailed = new(
        "origin-failed", 502, "The origin did not answer", "The connector is there, but the service behind it gave no usable answer.");

    private static readonly OwnAnswer OriginTimedOut = new(
        "origin-timeout", 504, "The origin did not answer in time", "The connector is there, but the service behind it took too long.");

    /// <summary>The answer for a failure that a connector reports.</summary>
    /// <param name="status">The connector's status.</param>
    /// <param name="code">The connector's code; one that is no code is not repeated to anyone.</param>
    public static OwnAnswer ForOrigin(int status, string? code)
    {
        var general = status switch
        {
            504 => OriginTimedOut,
            508 => LoopDetected,
            _ => OriginFailed,
        };
        return IsCode(code) && code != general.Code ? general with { Code = code! } : general;
    }

    private static bool IsCode(string? code)
    {
        if (code is not { Length: > 0 and <= LongestCode })
        {
            return false;
        }

        foreach (var character in code)
        {
            if (!char.IsAsciiLetterLower(character) && !char.IsAsciiDigit(character) && character != '-')
            {
                return false;
            }
        }

        return true;
    }
}
