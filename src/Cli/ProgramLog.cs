using Microsoft.Extensions.Logging;

namespace Engine.Cli;

/// <summary>What the program itself logs; event ids 8020 to 8039.</summary>
internal static partial class ProgramLog
{
    [LoggerMessage(8020, LogLevel.Warning, "{warning}")]
    public static partial void Warning(ILogger logger, string warning);

    [LoggerMessage(8021, LogLevel.Error, "Cannot start: {fault}")]
    public static partial void CannotStart(ILogger logger, string fault);

    [LoggerMessage(8022, LogLevel.Error, "The edge refused this tunnel for good: {cause}. Check the token or the credentials file")]
    public static partial void Refused(ILogger logger, string cause);

    [LoggerMessage(8023, LogLevel.Information, "Initiating graceful shutdown due to signal {signal}; a second one ends at once")]
    public static partial void Stopping(ILogger logger, string signal);

    [LoggerMessage(8024, LogLevel.Critical, "The program fails, and should not: {error}")]
    public static partial void Unexpected(ILogger logger, string error);
}
