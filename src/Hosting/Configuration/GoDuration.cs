using System.Globalization;

namespace Engine.Hosting.Configuration;

/// <summary>Durations as Go writes them: <c>30s</c>, <c>1m30s</c>, <c>1.5h</c>, <c>250ms</c>; also <c>0</c>.</summary>
public static class GoDuration
{
    private static readonly (string Name, decimal Ticks)[] Units =
    [
        ("ns", 0.01m),
        ("us", TimeSpan.TicksPerMicrosecond),
        ("\u00B5s", TimeSpan.TicksPerMicrosecond),
        ("\u03BCs", TimeSpan.TicksPerMicrosecond),
        ("ms", TimeSpan.TicksPerMillisecond),
        ("s", TimeSpan.TicksPerSecond),
        ("m", TimeSpan.TicksPerMinute),
        ("h", TimeSpan.TicksPerHour),
    ];

    /// <summary>Reads a duration.</summary>
    /// <param name="text">Numbers, each with its unit, perhaps after a sign.</param>
    /// <param name="duration">The duration; zero when there is none.</param>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        ArgumentNullException.ThrowIfNull(text);
        duration = TimeSpan.Zero;
        var isNegative = text.StartsWith('-');
        var rest = text.AsSpan(isNegative || text.StartsWith('+') ? 1 : 0);
        if (rest is "0")
        {
            return true;
        }

        var ticks = 0m;
        if (rest.IsEmpty)
        {
            return false;
        }

        while (!rest.IsEmpty)
        {
            var end = rest.IndexOfAnyExcept("0123456789.");
            if (end <= 0
                || end > 20
                || !decimal.TryParse(rest[..end], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
                || !TryReadUnit(rest[end..], out var unit, out var length))
            {
                return false;
            }

            ticks += number * unit;
            if (ticks > long.MaxValue / 2)
            {
                return false;
            }

            rest = rest[(end + length)..];
        }

        duration = TimeSpan.FromTicks((long)(isNegative ? -ticks : ticks));
        return true;
    }

    /// <summary>Writes a duration so that <see cref="TryParse"/> reads it back.</summary>
    public static string Format(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero)
        {
            return "0s";
        }

        var sign = duration < TimeSpan.Zero ? "-" : "";
        var ticks = Math.Abs((decimal)duration.Ticks);
        var hours = decimal.Floor(ticks / TimeSpan.TicksPerHour);
        var minutes = decimal.Floor(ticks % TimeSpan.TicksPerHour / TimeSpan.TicksPerMinute);
        var seconds = ticks % TimeSpan.TicksPerMinute / TimeSpan.TicksPerSecond;
        return sign
            + (hours > 0 ? string.Create(CultureInfo.InvariantCulture, $"{hours}h") : "")
            + (minutes > 0 ? string.Create(CultureInfo.InvariantCulture, $"{minutes}m") : "")
            + (seconds > 0 ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0.#######}s") : "");
    }

    private static bool TryReadUnit(ReadOnlySpan<char> text, out decimal ticks, out int length)
    {
        // The longest name that fits: "ms" is not "m" and an "s" without a number.
        ticks = 0;
        length = 0;
        foreach (var (name, value) in Units)
        {
            if (name.Length > length && text.StartsWith(name, StringComparison.Ordinal))
            {
                ticks = value;
                length = name.Length;
            }
        }

        return length > 0;
    }
}
