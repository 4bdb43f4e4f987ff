using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Encodings.Web;
using Engine.Fields;
using Engine.Tunnels;
using Microsoft.AspNetCore.Connections;

namespace Engine.Protocols.Http.HelloWorld;

/// <summary>The built-in demonstration origin: <c>/</c> the request as a page, <c>/uptime</c>, <c>/sse?freq=10s</c>, <c>/ws</c>, <c>/_health</c>.</summary>
/// <remarks>Answers in this process, without a socket. Whatever of the request it shows is escaped.</remarks>
internal sealed class HelloWorldOrigin(TimeProvider timeProvider)
{
    private readonly DateTimeOffset _started = timeProvider.GetUtcNow();

    public Task OnStreamAsync(ConnectionContext stream, ITunnelStreamFeature tunnel)
    {
        var target = tunnel.Target;
        var query = target.IndexOf((byte)'?');
        var path = query < 0 ? target : target[..query];
        if (path.SequenceEqual("/_health"u8))
        {
            return AnswerAsync(stream, tunnel, 200, "text/plain; charset=utf-8", "ok\n");
        }

        if (path.SequenceEqual("/uptime"u8))
        {
            return AnswerAsync(stream, tunnel, 200, "application/json", Uptime());
        }

        if (path.SequenceEqual("/sse"u8))
        {
            return HelloEvents.SendAsync(stream, tunnel, timeProvider);
        }

        if (path.SequenceEqual("/ws"u8))
        {
            return tunnel.Kind == TunnelStreamKind.WebSocket
                ? HelloSocket.EchoAsync(stream, tunnel)
                : AnswerAsync(stream, tunnel, 426, "text/plain; charset=utf-8", "This is a WebSocket: it sends back what it gets.\n");
        }

        return path.SequenceEqual("/"u8)
            ? AnswerAsync(stream, tunnel, 200, "text/html; charset=utf-8", Page(tunnel))
            : AnswerAsync(stream, tunnel, 404, "text/plain; charset=utf-8", "There is nothing here. Try /, /uptime, /sse, /ws or /_health.\n");
    }

    private static async Task AnswerAsync(ConnectionContext stream, ITunnelStreamFeature tunnel, int status, string contentType, string text)
    {
        var body = Encoding.UTF8.GetBytes(text);
        var isHead = tunnel.Method.SequenceEqual("HEAD"u8);
        var fields = new FieldList();
        fields.Add("Content-Type"u8, contentType);
        fields.Add("Content-Length"u8, body.Length.ToString(CultureInfo.InvariantCulture));
        fields.Add("Cache-Control"u8, "no-store"u8);
        tunnel.WriteResponse(status, fields, ResponseSource.Origin, endStream: isHead);
        if (isHead)
        {
            return;
        }

        try
        {
            await stream.Transport.Output.WriteAsync(body);
            await stream.Transport.Output.CompleteAsync();
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The visitor left.
        }
    }

    private string Uptime()
    {
        var now = timeProvider.GetUtcNow();
        return $$"""
            {"startTime":"{{_started.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)}}","uptime":"{{(now - _started).TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)}}s"}

            """;
    }

    private static string Page(ITunnelStreamFeature tunnel)
    {
        var page = new StringBuilder();
        page.Append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Hello from the tunnel</title>")
            .Append("<style>body{font-family:system-ui,sans-serif;max-width:50rem;margin:3rem auto;padding:0 1rem}td{padding:.1rem .8rem .1rem 0;vertical-align:top;overflow-wrap:anywhere}</style></head>\n")
            .Append("<body><h1>The tunnel works</h1><p>This page came from inside the connector. It got this request:</p>\n<p><code>")
            .Append(Shown(tunnel.Method)).Append(' ').Append(Shown(tunnel.Target)).Append("</code></p>\n<table>\n");
        Row(page, "host"u8, tunnel.Authority);
        foreach (var field in tunnel.RequestFields)
        {
            if (!field.IsSensitive)
            {
                Row(page, field.Name, field.Value);
            }
        }

        return page.Append("</table></body></html>\n").ToString();
    }

    private static void Row(StringBuilder page, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
        => page.Append("<tr><td><code>").Append(Shown(name)).Append("</code></td><td><code>").Append(Shown(value)).Append("</code></td></tr>\n");

    private static string Shown(ReadOnlySpan<byte> octets) => HtmlEncoder.Default.Encode(Encoding.Latin1.GetString(octets));
}
