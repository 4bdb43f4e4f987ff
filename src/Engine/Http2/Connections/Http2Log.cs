using Microsoft.Extensions.Logging;

namespace Engine.Http2.Connections;

/// <summary>What a connection logs: at Debug, since whoever runs it is told the end as a value and knows what it means.</summary>
internal static partial class Http2Log
{
    [LoggerMessage(2000, LogLevel.Debug, "HTTP/2 connection {Connection} ended by {EndedBy} with {Code}: {Reason}")]
    public static partial void Ended(ILogger logger, string connection, Http2EndedBy endedBy, Http2ErrorCode code, string reason, Exception? exception);

    [LoggerMessage(2001, LogLevel.Debug, "HTTP/2 connection {Connection}: stream {Stream} is reset with {Code}: {Reason}")]
    public static partial void StreamError(ILogger logger, string connection, int stream, Http2ErrorCode code, string reason);
}
