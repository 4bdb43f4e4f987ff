using Microsoft.Extensions.Logging;

namespace Engine.Protocols.Http;

/// <summary>What HTTP origins log; ids from 6000. Failed requests are logged by the stream, which is told why.</summary>
internal static partial class HttpLog
{
    [LoggerMessage(6001, LogLevel.Error, "The service {Service} asks for an access token, which this version cannot verify: every request is answered 403. Remove 'access' from the rule to open it.")]
    public static partial void AccessUnsupported(ILogger logger, string service);
}
