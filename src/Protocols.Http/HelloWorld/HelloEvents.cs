using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Engine.Fields;
using Engine.Tunnels;
using Microsoft.AspNetCore.Connections;

namespace Engine.Protocols.Http.HelloWorld;

/// <summary>Server-sent events that count, until the visitor leaves.</summary>
internal static class HelloEvents
{
    private static readonly TimeSpan Fastest = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Slowest = TimeSpan.FromHours(1);

    public static async Task SendAsync(ConnectionContext stream, ITunnelStreamFeature tunnel, TimeProvider timeProvider)
    {
        var interval = Interval(tunnel.Target);
        var fields = new FieldList();
        fields.Add("Content-Type"u8, "text/event-stream"u8);
        fields.Add("Cache-Control"u8, "no-store"u8);
        tunnel.WriteResponse(200, fields);
        var gone = stream.ConnectionClosed;
        try
        {
            for (var count = 0; ; count++)
            {
                var flushed = await stream.Transport.Output.WriteAsync(
                    Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"id: {count}\ndata: {count}\n\n")), gone);
                if (flushed.IsCompleted)
                {
                    return;
                }

                await Task.Delay(interval, timeProvider, gone);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The visitor left: that is how this ends.
        }
    }

    /// <summary><c>freq=10s</c>, <c>freq=100ms</c>; anything else is the 10 s of the original.</summary>
    internal static TimeSpan Interval(ReadOnlySpan<byte> target)
    {
        var at = target.IndexOf("freq="u8);
        if (at < 0 || !Utf8Parser.TryParse(target[(at + 5)..], out uint number, out var used))
        {
            return TimeSpan.FromSeconds(10);
        }

        var unit = target[(at + 5 + used)..];
        var interval = unit.StartsWith("ms"u8) ? TimeSpan.FromMilliseconds(number)
            : unit.StartsWith("s"u8) ? TimeSpan.FromSeconds(number)
            : unit.StartsWith("m"u8) ? TimeSpan.FromMinutes(number)
            : TimeSpan.FromSeconds(10);
        return interval < Fastest ? Fastest : interval > Slowest ? Slowest : interval;
    }
}
