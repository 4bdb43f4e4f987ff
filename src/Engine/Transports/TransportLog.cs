using System.Net;
using Microsoft.Extensions.Logging;

namespace Engine.Transports;

/// <summary>What the transports log; event ids 1000 to 1099.</summary>
internal static partial class TransportLog
{
    [LoggerMessage(1000, LogLevel.Debug, "Connected to {Peer} connection={ConnectionId}")]
    public static partial void Connected(ILogger logger, string connectionId, EndPoint? peer);

    [LoggerMessage(1001, LogLevel.Warning, "Accepting on {EndPoint} pauses for {Pause}: {Reason}")]
    public static partial void AcceptPaused(ILogger logger, EndPoint endPoint, TimeSpan pause, string reason);

    [LoggerMessage(1002, LogLevel.Debug, "Accepting on {EndPoint} failed once: {Reason}")]
    public static partial void AcceptFailed(ILogger logger, EndPoint endPoint, string reason);

    [LoggerMessage(1010, LogLevel.Information, "TLS handshake with {Peer} failed: {Reason}")]
    public static partial void HandshakeFailed(ILogger logger, EndPoint? peer, string reason);
}
