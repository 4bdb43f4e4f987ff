using Engine.Hosting.Configuration;
using Microsoft.Extensions.Logging;

namespace Engine.Cli.Logging;

/// <summary>Renders events on the thread that logs them and hands the line to the writer.</summary>
internal sealed class LineLoggerProvider : ILoggerProvider
{
    private readonly LogWriter _writer;
    private readonly LogSettings _settings;
    private readonly TimeProvider _time;
    private readonly bool _hasColours;

    /// <summary>Opens the log.</summary>
    /// <param name="settings">Level and form.</param>
    /// <param name="output">Where it goes.</param>
    /// <param name="hasColours">Whether that is a terminal that wants them.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="IOException">The log file cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public LineLoggerProvider(LogSettings settings, TextWriter output, bool hasColours, TimeProvider time)
    {
        _settings = settings;
        _time = time;
        _hasColours = hasColours;
        var file = settings.File is null
            ? null
            : new StreamWriter(new FileStream(settings.File, FileMode.Append, FileAccess.Write, FileShare.ReadWrite));
        _writer = new LogWriter(output, file, DroppedLine);
    }

    public ILogger CreateLogger(string categoryName) => new LineLogger(this, categoryName);

    public void Dispose() => _writer.Dispose();

    private LogLine DroppedLine(long count) => Render(
        LogLevel.Warning,
        "Engine.Cli",
        default,
        new KeyValuePair<string, object?>[] { new("dropped", count) },
        $"{count} lines of the log were dropped: whatever reads it is too slow",
        null);

    private LogLine Render<TState>(LogLevel level, string category, EventId id, TState state, string message, Exception? exception)
    {
        var time = _time.GetUtcNow();
        var json = _settings.IsJson || _writer is { HasFile: true } ? LogFormat.Json(time, level, category, id, state, message, exception) : null;
        return new LogLine(_settings.IsJson ? json! : LogFormat.Text(time, level, message, exception, _hasColours), json);
    }

    private sealed class LineLogger(LineLoggerProvider provider, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= provider._settings.Level && logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                provider._writer.Write(provider.Render(logLevel, category, eventId, state, formatter(state, exception), exception));
            }
        }
    }
}
