using System.Text;
using Engine.Edge.Requests;
using Engine.Fields;
using Engine.Http1;

namespace Engine.Edge.Front;

/// <summary>How an answer is put into HTTP/1.1 for the request that it answers.</summary>
internal static class Http1AnswerRules
{
    /// <summary>Decides how the visitor finds the end of the body (RFC 9112 §6.3), and says so in the fields.</summary>
    /// <param name="request">The request.</param>
    /// <param name="status">The status of the answer.</param>
    /// <param name="fields">Its fields.</param>
    /// <param name="isEmpty">Whether there will be no body.</param>
    public static Http1Framing Frame(Http1RequestHead request, int status, FieldList fields, bool isEmpty)
    {
        fields.Remove("transfer-encoding"u8);
        if (isEmpty && (status is 204 or 304 || request.Method.SequenceEqual("HEAD"u8)))
        {
            return Http1Framing.None;
        }

        if (fields.TryGet("content-length"u8, out var text) && long.TryParse(text, out var length))
        {
            return Http1Framing.OfLength(length);
        }

        if (request.MinorVersion == 0)
        {
            return Http1Framing.UntilClose;
        }

        fields.Add("Transfer-Encoding"u8, "chunked"u8);
        return Http1Framing.Chunked;
    }

    /// <summary>The protocol that a request asks to change to: only a GET without a body may.</summary>
    public static string? UpgradeOf(Http1RequestHead head, bool isEmpty)
    {
        var fields = head.Fields;
        if (!isEmpty || head.MinorVersion == 0 || !head.Method.SequenceEqual("GET"u8) || !Http1Fields.HasToken(fields, "connection"u8, "upgrade"u8))
        {
            return null;
        }

        if (Http1Fields.HasToken(fields, "upgrade"u8, "websocket"u8))
        {
            return "websocket";
        }

        return fields.TryGet("upgrade"u8, out var protocol) && IsPassedOn(protocol) ? Encoding.ASCII.GetString(protocol) : null;
    }

    /// <summary>The reason phrase where the status has no registered one.</summary>
    public static ReadOnlySpan<byte> ReasonOf(int status) => status == 530 ? "No Connector"u8 : default;

    /// <summary>One protocol, with or without version; not those that speak about the connection to us (RFC 9113 §3.1, RFC 2817).</summary>
    private static bool IsPassedOn(ReadOnlySpan<byte> protocol)
    {
        var slash = protocol.IndexOf((byte)'/');
        var name = slash < 0 ? protocol : protocol[..slash];
        return FieldRules.IsToken(name) &&
            (slash < 0 || FieldRules.IsToken(protocol[(slash + 1)..])) &&
            !Ascii.EqualsIgnoreCase(name, "h2c"u8) &&
            !Ascii.EqualsIgnoreCase(name, "http"u8) &&
            !Ascii.EqualsIgnoreCase(name, "tls"u8);
    }
}
