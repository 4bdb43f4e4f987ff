using Engine.Hosting.Settings;
using Microsoft.Extensions.Logging;

namespace Engine.Hosting.Configuration;

/// <summary>How the log is written.</summary>
/// <param name="Level">The least level that is written.</param>
/// <param name="IsJson">One JSON object a line instead of text.</param>
/// <param name="File">A file to which JSON lines are appended as well, or null.</param>
public sealed record LogSettings(LogLevel Level, bool IsJson, string? File)
{
    internal static LogSettings Read(SettingValues values)
    {
        var level = values.Word("loglevel", "info", "debug", "info", "warn", "error", "fatal") switch
        {
            "debug" => LogLevel.Debug,
            "warn" => LogLevel.Warning,
            "error" => LogLevel.Error,
            "fatal" => LogLevel.Critical,
            _ => LogLevel.Information,
        };
        var isJson = values.Find("log-format") is not null
            ? values.Word("log-format", "text", "text", "json") == "json"
            : values.Word("output", "default", "default", "json") == "json";
        return new LogSettings(level, isJson, values.Text("logfile"));
    }
}
