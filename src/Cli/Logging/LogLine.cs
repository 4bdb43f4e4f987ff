namespace Engine.Cli.Logging;

/// <summary>One event, rendered.</summary>
/// <param name="Output">For the terminal or whatever stands behind standard error.</param>
/// <param name="File">For the log file, or null without one.</param>
internal readonly record struct LogLine(string Output, string? File);
