using System.Net;
using Microsoft.Extensions.Logging;

namespace Engine.Tunnels;

/// <summary>What tunnels log, with stable event ids from 3000. No line carries a secret, or what a peer sent but for the causes it names.</summary>
internal static partial class TunnelLog
{
    [LoggerMessage(3001, LogLevel.Warning, "The control stream of connection {Index} ended although nobody unregistered; the connection is drained.")]
    public static partial void ControlStreamEnded(ILogger log, Exception? error, int index);

    [LoggerMessage(3002, LogLevel.Warning, "The edge opened a second control stream on connection {Index}; it was refused.")]
    public static partial void SecondControlStream(ILogger log, int index);

    [LoggerMessage(3003, LogLevel.Warning, "A pushed configuration could not be used: {Reason}")]
    public static partial void ConfigurationRefused(ILogger log, string reason, Exception? error);

    [LoggerMessage(3004, LogLevel.Information, "Pushed configuration version {Version}; version {Applied} is in force.")]
    public static partial void ConfigurationPushed(ILogger log, int version, int applied);

    [LoggerMessage(3005, LogLevel.Error, "Request failed connIndex={Index} ray={Ray} host={Host} code={Code} error={Detail}")]
    public static partial void StreamFailed(ILogger log, Exception? error, int index, string ray, string host, string code, string detail);

    [LoggerMessage(3006, LogLevel.Debug, "Request given up, since the edge had done so, connIndex={Index} code={Code} error={Detail}")]
    public static partial void StreamGone(ILogger log, int index, string code, string detail);

    [LoggerMessage(3010, LogLevel.Warning, "The connection from {EndPoint} was closed before it was registered: {Reason}")]
    public static partial void NotRegistered(ILogger log, EndPoint? endPoint, string reason);

    [LoggerMessage(3011, LogLevel.Warning, "Connection {Index} of connector {Connector} for tunnel {Tunnel} from {EndPoint} was refused: {Cause}")]
    public static partial void Refused(ILogger log, EndPoint? endPoint, Guid tunnel, Guid connector, int index, string cause);

    [LoggerMessage(3012, LogLevel.Error, "The registration from {EndPoint} could not be judged.")]
    public static partial void AuthenticatorFailed(ILogger log, Exception error, EndPoint? endPoint);

    [LoggerMessage(3013, LogLevel.Information, "The local configuration of connector {Connector} has {Length} octets, more than are kept for display.")]
    public static partial void ConfigurationNotKept(ILogger log, Guid connector, int length);

    [LoggerMessage(3014, LogLevel.Warning, "The control stream of connection {Index} of connector {Connector} broke; the connection is drained.")]
    public static partial void ControlStreamBroke(ILogger log, Exception error, int index, Guid connector);

    [LoggerMessage(3015, LogLevel.Information, "The connection from {EndPoint} closed before it said anything, as probes do: {Reason}")]
    public static partial void ClosedUnused(ILogger log, EndPoint? endPoint, string reason);
}
