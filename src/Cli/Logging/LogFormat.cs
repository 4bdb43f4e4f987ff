using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Engine.Cli.Logging;

/// <summary>Renders events: as text for people, as one JSON object a line for programs.</summary>
internal static class LogFormat
{
    /// <summary><c>2026-11-23T07:42:36Z INF message</c>. Control characters are escaped, so that nobody's input can forge a line.</summary>
    public static string Text(DateTimeOffset time, LogLevel level, string message, Exception? exception, bool hasColours)
    {
        var text = new StringBuilder(message.Length + 40);
        text.Append(time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)).Append(' ');
        var colour = hasColours ? Colour(level) : "";
        text.Append(colour).Append(Abbreviation(level)).Append(colour.Length > 0 ? "\e[0m" : "").Append(' ');
        AppendEscaped(text, message);
        for (; exception is not null; exception = exception.InnerException)
        {
            text.Append(": ");
            AppendEscaped(text, exception.Message);
        }

        return text.ToString();
    }

    /// <summary>Keys: time, level, message, category, eventId, error, and those of the event itself.</summary>
    public static string Json<TState>(DateTimeOffset time, LogLevel level, string category, EventId id, TState state, string message, Exception? exception)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("time", time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture));
            json.WriteString("level", Name(level));
            json.WriteString("message", message);
            json.WriteString("category", category);
            if (id.Id != 0)
            {
                json.WriteNumber("eventId", id.Id);
            }

            if (state is IEnumerable<KeyValuePair<string, object?>> values)
            {
                foreach (var (key, value) in values)
                {
                    Write(json, key, value);
                }
            }

            if (exception is not null)
            {
                json.WriteString("error", exception.ToString());
            }

            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, string key, object? value)
    {
        // Names of ours come first; an event that uses one of them gives way.
        if (key is "{OriginalFormat}" or "time" or "level" or "message" or "category" or "eventId" or "error")
        {
            return;
        }

        switch (value)
        {
            case null:
                json.WriteNull(key);
                break;
            case bool flag:
                json.WriteBoolean(key, flag);
                break;
            case int or long or short or byte or ushort or uint:
                json.WriteNumber(key, Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case double number when double.IsFinite(number):
                json.WriteNumber(key, number);
                break;
            default:
                json.WriteString(key, Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }

    private static void AppendEscaped(StringBuilder text, string message)
    {
        foreach (var character in message)
        {
            if (char.IsControl(character))
            {
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}");
            }
            else
            {
                text.Append(character);
            }
        }
    }

    private static string Abbreviation(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "DBG",
        LogLevel.Warning => "WRN",
        LogLevel.Error => "ERR",
        LogLevel.Critical => "FTL",
        _ => "INF",
    };

    private static string Name(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "debug",
        LogLevel.Warning => "warn",
        LogLevel.Error => "error",
        LogLevel.Critical => "fatal",
        _ => "info",
    };

    private static string Colour(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => "\e[90m",
        LogLevel.Warning => "\e[33m",
        LogLevel.Error or LogLevel.Critical => "\e[31m",
        _ => "\e[32m",
    };
}
