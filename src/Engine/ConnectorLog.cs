using Microsoft.Extensions.Logging;

namespace Engine;

/// <summary>What the connector logs; event ids 4000 to 4099. Texts and names that scripts look for stay as they are.</summary>
internal static partial class ConnectorLog
{
    // "event" is a keyword of C#, and the field's name on the wire of those scripts; 0 is "the connector itself".
    [LoggerMessage(4000, LogLevel.Information, "Registered tunnel connection connIndex={connIndex} connection={connection} event={event} ip={ip} location={location} protocol={protocol}")]
    public static partial void Registered(ILogger logger, int connIndex, Guid connection, int @event, string ip, string location, string protocol);

    [LoggerMessage(4001, LogLevel.Information, "Unregistered tunnel connection connIndex={connIndex} event={event} ip={ip}")]
    public static partial void Unregistered(ILogger logger, int connIndex, int @event, string ip);

    [LoggerMessage(4002, LogLevel.Information, "Retrying connection in up to {upTo} connIndex={connIndex} event={event} ip={ip}")]
    public static partial void Retrying(ILogger logger, string upTo, int connIndex, int @event, string ip);

    [LoggerMessage(4003, LogLevel.Debug, "Retrying connection in up to {upTo} connIndex={connIndex} event={event} ip={ip}")]
    public static partial void RetryingAgain(ILogger logger, string upTo, int connIndex, int @event, string ip);

    [LoggerMessage(4004, LogLevel.Warning, "Lost connection with the edge connIndex={connIndex} event={event} ip={ip} reason={reason}")]
    public static partial void Lost(ILogger logger, int connIndex, int @event, string ip, string reason);

    [LoggerMessage(4005, LogLevel.Warning, "Unable to establish connection with the edge connIndex={connIndex} event={event} ip={ip} error={error}")]
    public static partial void DialFailed(ILogger logger, int connIndex, int @event, string ip, string error);

    [LoggerMessage(4006, LogLevel.Warning, "Register tunnel error from server side connIndex={connIndex} event={event} ip={ip} error={error}")]
    public static partial void Refused(ILogger logger, int connIndex, int @event, string ip, string error);

    [LoggerMessage(4007, LogLevel.Error, "Register tunnel error from server side, not tried again connIndex={connIndex} event={event} ip={ip} error={error}")]
    public static partial void RefusedForGood(ILogger logger, int connIndex, int @event, string ip, string error);

    [LoggerMessage(4008, LogLevel.Debug, "Attempt failed again connIndex={connIndex} event={event} ip={ip} error={error}")]
    public static partial void FailedAgain(ILogger logger, int connIndex, int @event, string ip, string error);

    [LoggerMessage(4009, LogLevel.Warning, "Unregistering failed connIndex={connIndex} event={event} ip={ip} error={error}")]
    public static partial void UnregisterFailed(ILogger logger, int connIndex, int @event, string ip, string error);

    [LoggerMessage(4010, LogLevel.Warning, "The edge did not take the local configuration connIndex={connIndex} event={event} error={error}")]
    public static partial void LocalConfigurationFailed(ILogger logger, int connIndex, int @event, string error);

    [LoggerMessage(4011, LogLevel.Warning, "Cut what still ran when the grace period was over connIndex={connIndex} event={event} ip={ip} streams={streams}")]
    public static partial void GraceOver(ILogger logger, int connIndex, int @event, string ip, int streams);

    [LoggerMessage(4012, LogLevel.Debug, "Connection with edge closed connIndex={connIndex} event={event} ip={ip} reason={reason}")]
    public static partial void Closed(ILogger logger, int connIndex, int @event, string ip, string reason);

    [LoggerMessage(4021, LogLevel.Error, "Request failed: the handler of stream {stream} threw")]
    public static partial void HandlerFailed(ILogger logger, string stream, Exception exception);

    [LoggerMessage(4022, LogLevel.Debug, "Stream {stream} is gone: {reason}")]
    public static partial void StreamGone(ILogger logger, string stream, string reason);

    [LoggerMessage(4023, LogLevel.Warning, "{streams} streams did not end after they were cut")]
    public static partial void StreamsLeft(ILogger logger, int streams);

    [LoggerMessage(4013, LogLevel.Error, "Who watches the state of connection {connIndex} threw")]
    public static partial void ObserverFailed(ILogger logger, int connIndex, Exception exception);

    [LoggerMessage(4024, LogLevel.Error, "The loop of connection {connIndex} failed; it begins again")]
    public static partial void LoopFailed(ILogger logger, int connIndex, Exception exception);
}
