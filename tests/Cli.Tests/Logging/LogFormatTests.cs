using System.Text.Json;
using Engine.Cli.Logging;
using Microsoft.Extensions.Logging;

namespace Engine.Cli.Tests.Logging;

public class LogFormatTests
{
    private static readonly DateTimeOffset Time = new(2026, 11, 23, 7, 42, 36, 123, TimeSpan.FromHours(2));

    [Fact]
    public void Text_is_one_readable_line()
    {
        Assert.Equal("2026-11-23T05:42:36Z INF Starting", LogFormat.Text(Time, LogLevel.Information, "Starting", null, hasColours: false));
        Assert.Equal("2026-11-23T05:42:36Z \e[31mERR\e[0m a: b: c", LogFormat.Text(Time, LogLevel.Error, "a", new IOException("b", new IOException("c")), hasColours: true));
    }

    [Fact]
    public void Nobodys_input_forges_a_line_or_a_colour()
    {
        var line = LogFormat.Text(Time, LogLevel.Warning, "host=\r\n2026 INF forged\e[31m\u0085", null, hasColours: false);

        Assert.DoesNotContain(line, char.IsControl);
        Assert.Contains("\\u000d\\u000a2026", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_is_one_object_with_the_events_own_values()
    {
        KeyValuePair<string, object?>[] state =
        [
            new("connIndex", 3), new("ok", true), new("ip", System.Net.IPAddress.Loopback), new("none", null), new("level", "forged"), new("{OriginalFormat}", "x"),
        ];
        var line = LogFormat.Json(Time, LogLevel.Warning, "Engine", new EventId(4000), state, "a \"quoted\"\nmessage", new IOException("cause"));

        Assert.DoesNotContain('\n', line);
        var json = JsonDocument.Parse(line).RootElement;
        Assert.Equal("warn", json.GetProperty("level").GetString());
        Assert.Equal("2026-11-23T05:42:36.123Z", json.GetProperty("time").GetString());
        Assert.Equal("a \"quoted\"\nmessage", json.GetProperty("message").GetString());
        Assert.Equal(4000, json.GetProperty("eventId").GetInt32());
        Assert.Equal(3, json.GetProperty("connIndex").GetInt32());
        Assert.True(json.GetProperty("ok").GetBoolean());
        Assert.Equal("127.0.0.1", json.GetProperty("ip").GetString());
        Assert.Contains("cause", json.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, json.GetProperty("none").ValueKind);
    }
}
