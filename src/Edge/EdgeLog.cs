using Microsoft.Extensions.Logging;

namespace Engine.Edge;

/// <summary>The edge's log lines; event ids from 7000 are stable.</summary>
/// <remarks>What peers said is never a part of a line, unless it was checked to be a short word of ours.</remarks>
internal static partial class EdgeLog
{
    [LoggerMessage(7000, LogLevel.Information, "Visitors can come to {EndPoint}{Scheme}")]
    public static partial void Listening(ILogger logger, string endPoint, string scheme);

    [LoggerMessage(7001, LogLevel.Information, "Connectors can dial {EndPoint}; they trust {Authority}")]
    public static partial void ListeningForConnectors(ILogger logger, string endPoint, string authority);

    [LoggerMessage(7002, LogLevel.Information, "Connection {Index} of connector {Connector} serves tunnel {Tunnel}")]
    public static partial void Registered(ILogger logger, int index, Guid connector, Guid tunnel);

    [LoggerMessage(7003, LogLevel.Information, "Connection {Index} of connector {Connector} is over: {Reason}")]
    public static partial void Unregistered(ILogger logger, int index, Guid connector, string reason);

    [LoggerMessage(7004, LogLevel.Information, "Connection {Index} of connector {Connector} was replaced by a newer one")]
    public static partial void Replaced(ILogger logger, int index, Guid connector);

    [LoggerMessage(7005, LogLevel.Warning, "A listener failed to accept; it goes on")]
    public static partial void AcceptFailed(ILogger logger, Exception error);

    [LoggerMessage(7006, LogLevel.Warning, "Closed a connection from {EndPoint}: {Limit} of its kind are open already (too-many-connections)")]
    public static partial void TooMany(ILogger logger, string endPoint, int limit);

    [LoggerMessage(7010, LogLevel.Debug, "{TraceId}: answered {Status} {Code}")]
    public static partial void OwnAnswer(ILogger logger, string traceId, int status, string code);

    [LoggerMessage(7011, LogLevel.Information, "{TraceId}: answered {Status} {Code} for tunnel {Tunnel}")]
    public static partial void TunnelAnswer(ILogger logger, string traceId, int status, string code, Guid tunnel);

    [LoggerMessage(7012, LogLevel.Debug, "{TraceId}: the answer was cut: {Why}")]
    public static partial void ExchangeCut(ILogger logger, string traceId, string why, Exception? error);

    [LoggerMessage(7013, LogLevel.Debug, "{TraceId}: the stream failed")]
    public static partial void StreamFailed(ILogger logger, string traceId, Exception error);

    [LoggerMessage(7014, LogLevel.Information, "Closed the connection of visitor {Address}: {Reason}")]
    public static partial void VisitorRefused(ILogger logger, string address, string reason);

    [LoggerMessage(7015, LogLevel.Debug, "A visitor's connection ended")]
    public static partial void VisitorGone(ILogger logger, Exception error);

    [LoggerMessage(7016, LogLevel.Error, "Serving a visitor failed unexpectedly; its connection is closed")]
    public static partial void VisitorFailed(ILogger logger, Exception error);

    [LoggerMessage(7018, LogLevel.Information, "Gave up a request of visitor {Address}, who had stalled for {Limit}: {Code}")]
    public static partial void VisitorStalled(ILogger logger, string address, TimeSpan limit, string code);

    [LoggerMessage(7019, LogLevel.Warning, "{Count} more lines of kind {Kind} were left out within {Window}")]
    public static partial void LeftOut(ILogger logger, long count, LogKind kind, TimeSpan window);

    [LoggerMessage(7020, LogLevel.Information, "Closed a connection of visitor {Address}: {Limit} are open already (too-many-connections-of-visitor)")]
    public static partial void TooManyOfVisitor(ILogger logger, string address, int limit);

    [LoggerMessage(7021, LogLevel.Information, "{TraceId}: refused visitor {Address}, of whom {Limit} streams run already ({Code})")]
    public static partial void TooManyStreams(ILogger logger, string traceId, string address, int limit, string code);

    [LoggerMessage(7022, LogLevel.Information, "The files of {Count} certificates have changed; visitors are shown the new ones from now on")]
    public static partial void CertificatesRead(ILogger logger, int count);

    [LoggerMessage(7023, LogLevel.Error, "The changed certificate files are not used, visitors are shown the earlier ones: {Reason}")]
    public static partial void CertificatesFaulty(ILogger logger, string reason);

    [LoggerMessage(7017, LogLevel.Error, "Serving a connector failed unexpectedly; its connection is closed")]
    public static partial void ConnectorFailed(ILogger logger, Exception error);
}
