using System.Globalization;
using System.Text;
using Engine.Fields;

namespace Engine.Edge.Answers;

/// <summary>Renders an answer of our own: a small page for browsers, two lines for everyone else.</summary>
internal static class AnswerPage
{
    /// <summary>Fills a list with the answer's fields and makes its body.</summary>
    /// <remarks>Codes are lower-case letters, digits and hyphens, trace ids letters, digits and hyphens: nothing here needs escaping.</remarks>
    public static byte[] Render(OwnAnswer answer, string traceId, bool asHtml, DateTimeOffset now, FieldList fields)
    {
        var body = Encoding.UTF8.GetBytes(asHtml ? Html(answer, traceId) : Text(answer, traceId));
        fields.Clear();
        fields.Add("content-type"u8, asHtml ? "text/html; charset=utf-8"u8 : "text/plain; charset=utf-8"u8);
        fields.Add("content-length"u8, body.Length.ToString(CultureInfo.InvariantCulture));
        fields.Add("date"u8, now.ToString("R", CultureInfo.InvariantCulture));
        fields.Add("cache-control"u8, "no-store"u8);
        fields.Add("engine-error"u8, answer.Code);
        fields.Add("cf-ray"u8, traceId);
        if (answer == OwnAnswer.MethodNotAllowed)
        {
            fields.Add("allow"u8, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"u8);
        }
        else if (answer == OwnAnswer.WebSocketVersion)
        {
            fields.Add("sec-websocket-version"u8, "13"u8);
        }

        return body;
    }

    /// <summary>Whether the visitor's <c>Accept</c> names HTML, as browsers' do and programs' do not.</summary>
    public static bool WantsHtml(FieldList fields)
    {
        for (var i = fields.IndexOf("accept"u8); i >= 0; i = fields.IndexOf("accept"u8, i + 1))
        {
            if (Encoding.Latin1.GetString(fields[i].Value).Contains("text/html", StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        return false;
    }

    private static string Text(OwnAnswer answer, string traceId) =>
        $"{answer.Title}. {answer.Text}\nError: {answer.Code}. Trace id: {traceId}\n";

    private static string Html(OwnAnswer answer, string traceId) =>
        $$"""
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>{{answer.Title}}</title>
        <style>body{font-family:system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem;color-scheme:light dark}code{font-size:.9em}</style>
        </head>
        <body>
        <h1>{{answer.Title}}</h1>
        <p>{{answer.Text}}</p>
        <p>Error: <code>{{answer.Code}}</code> ({{answer.Status}})<br>Trace id: <code>{{traceId}}</code></p>
        </body>
        </html>

        """;
}
