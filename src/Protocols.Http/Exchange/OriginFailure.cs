using Engine.Http1;
using Engine.Origins;
using Engine.Transports;
using Engine.Tunnels;

namespace Engine.Protocols.Http.Exchange;

/// <summary>Turns what went wrong with an origin into a stable code, a status, and a detail that names phase, origin, cause and remedy.</summary>
/// <remarks>The detail has the exception's message already, so that the cause to be logged with it is what lies behind that one.</remarks>
internal static class OriginFailure
{
    public static StreamFailure Of(Origin origin, OriginPhase phase, Exception exception) => exception switch
    {
        ConnectFailedException failed => OfConnect(origin, failed),
        Http1Exception { Code: Http1Error.Truncated } => ClosedEarly(origin, phase),
        Http1Exception broken => new(
            HttpFailureCode.ProtocolError,
            502,
            $"{Where(origin, phase)} it answered what is not HTTP/1.1 ({broken.Code}): {broken.Message} Check that it speaks HTTP and that no other service has its port.",
            broken.InnerException),
        _ => new(HttpFailureCode.Reset, 502, $"{Where(origin, phase)} it reset the connection: {exception.Message} Look into its log.", exception.InnerException),
    };

    public static StreamFailure ClosedEarly(Origin origin, OriginPhase phase) => new(
        HttpFailureCode.ClosedEarly, 502, $"{Where(origin, phase)} it closed the connection before its answer was whole. Look into its log.", null);

    public static StreamFailure HeadTimeout(Origin origin, TimeSpan limit) => new(
        HttpFailureCode.Timeout, 504, $"{Where(origin, OriginPhase.Head)} it began no answer within {limit}. Look into its log, or allow more time.", null);

    public static StreamFailure Loop(Origin origin, int loops) => new(
        HttpFailureCode.LoopDetected,
        508,
        $"The request for {origin} has passed this tunnel's edges {loops} times. An ingress rule leads back to a public name of the tunnel: point it to the service itself.",
        null);

    public static StreamFailure BadRequest(Origin origin, Exception cause) => new(
        HttpFailureCode.BadRequest, 400, $"The visitor's request for {origin} cannot be written as HTTP/1.1: {cause.Message}", null);

    public static StreamFailure BodyTooLarge(Origin origin, long limit) => new(
        HttpFailureCode.BodyTooLarge,
        413,
        $"The body of the visitor's request for {origin} is larger than the {limit} octets that are buffered for it. Remove disableChunkedEncoding, or have the visitor announce the length.",
        null);

    public static StreamFailure BadStatus(Origin origin) => new(
        HttpFailureCode.ProtocolError, 502, $"The service {origin} is no final status: write one from 200 to 999.", null);

    private static StreamFailure OfConnect(Origin origin, ConnectFailedException failed)
    {
        var (code, status) = failed.Kind switch
        {
            ConnectFailure.NameNotFound => (HttpFailureCode.NameNotFound, 502),
            ConnectFailure.Refused => (HttpFailureCode.Refused, 502),
            ConnectFailure.TimedOut => (HttpFailureCode.Timeout, 504),
            ConnectFailure.Reset => (HttpFailureCode.Reset, 502),
            ConnectFailure.TlsFailed => (HttpFailureCode.TlsFailed, 502),
            _ => (HttpFailureCode.Unreachable, 502),
        };
        var reason = failed.Kind == ConnectFailure.TlsFailed ? $" TLS failed ({failed.TlsReason}):" : "";
        return new(code, status, $"{Where(origin, OriginPhase.Connect)}{reason} {failed.Message}", failed.InnerException);
    }

    private static string Where(Origin origin, OriginPhase phase) => phase switch
    {
        OriginPhase.Connect => $"Origin {origin}, connecting:",
        OriginPhase.Head => $"Origin {origin}, before its answer:",
        OriginPhase.Body => $"Origin {origin}, within its answer:",
        _ => $"Origin {origin}, after the switch of protocols:",
    };
}
