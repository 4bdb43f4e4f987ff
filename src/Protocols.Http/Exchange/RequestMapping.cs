using System.Buffers.Text;
using System.Text;
using Engine.Fields;
using Engine.Http1;
using Engine.Origins;
using Engine.Tunnels;

namespace Engine.Protocols.Http.Exchange;

/// <summary>The request as the origin gets it: Host, the visitor's fields without what belongs to the tunnel, tags, framing.</summary>
/// <remarks>Immutable; one for a handler. Nothing is invented: no User-Agent, no Accept-Encoding, no Accept.</remarks>
internal sealed class RequestMapping
{
    private readonly FieldList _tags = new();

    public RequestMapping(IReadOnlyList<KeyValuePair<string, string>> tags, Guid? connectorId)
    {
        foreach (var (name, value) in tags)
        {
            _tags.Add(Encoding.UTF8.GetBytes("Cf-Warp-Tag-" + name), Encoding.UTF8.GetBytes(value).AsSpan());
        }

        if (connectorId is { } id)
        {
            _tags.Add("Cf-Warp-Tag-ID"u8, id.ToString());
        }
    }

    /// <summary>How the body of the request goes to the origin, unless it has to be buffered first.</summary>
    public static Http1Framing FramingOf(ITunnelStreamFeature request)
    {
        if (request.Kind == TunnelStreamKind.WebSocket || !request.HasBody || request.ContentLength == 0)
        {
            return Http1Framing.None;
        }

        return request.ContentLength is { } length ? Http1Framing.OfLength(length) : Http1Framing.Chunked;
    }

    /// <summary>Fills <paramref name="fields"/> with the request's.</summary>
    public void Map(ITunnelStreamFeature request, Origin origin, Http1Framing framing, FieldList fields)
    {
        fields.Clear();
        AddHost(request, origin, fields);
        foreach (var field in request.RequestFields)
        {
            if (!field.IsPseudo && !IsReplaced(field, framing))
            {
                fields.Add(field.Name, field.Value, field.IsSensitive);
            }
        }

        if (origin.Options.HttpHostHeader is not null)
        {
            fields.Set("X-Forwarded-Host"u8, request.Authority);
        }

        foreach (var tag in _tags)
        {
            fields.Set(tag.Name, tag.Value);
        }

        AddFraming(request, framing, fields);
        AddConnection(request, fields);
    }

    private static void AddHost(ITunnelStreamFeature request, Origin origin, FieldList fields)
    {
        if (origin.Options.HttpHostHeader is { } host)
        {
            fields.Add("Host"u8, Encoding.UTF8.GetBytes(host).AsSpan());
        }
        else
        {
            fields.Add("Host"u8, request.Authority);
        }
    }

    /// <summary>What concerns one connection only (RFC 9110 §7.6.1), what this side writes itself, and the tunnel's own tracing.</summary>
    private static bool IsReplaced(Field field, Http1Framing framing) => field.Name.Length switch
    {
        2 => Is(field, "te"u8) && !Ascii.EqualsIgnoreCase(field.Value, "trailers"u8),
        4 => Is(field, "host"u8),
        7 => Is(field, "upgrade"u8) || (Is(field, "trailer"u8) && framing.Kind != Http1BodyKind.Chunked),
        10 => Is(field, "connection"u8) || Is(field, "keep-alive"u8),
        11 => Is(field, "cf-trace-id"u8),
        14 => Is(field, "content-length"u8),
        16 => Is(field, "proxy-connection"u8),
        17 => Is(field, "transfer-encoding"u8),
        21 => Is(field, "sec-websocket-version"u8),
        _ => false,
    };

    private static void AddFraming(ITunnelStreamFeature request, Http1Framing framing, FieldList fields)
    {
        if (framing.Kind == Http1BodyKind.Chunked)
        {
            fields.Add("Transfer-Encoding"u8, "chunked"u8);
        }
        else if (framing.Kind == Http1BodyKind.Length || request.ContentLength == 0 || IsBodyExpected(request))
        {
            Span<byte> digits = stackalloc byte[20];
            Utf8Formatter.TryFormat(framing.Length, digits, out var written);
            fields.Add("Content-Length"u8, digits[..written]);
        }
    }

    /// <summary>RFC 9110 §8.6: where the method gives content a meaning, that there is none is said.</summary>
    private static bool IsBodyExpected(ITunnelStreamFeature request)
        => request.Kind != TunnelStreamKind.WebSocket
            && (request.Method.SequenceEqual("POST"u8) || request.Method.SequenceEqual("PUT"u8) || request.Method.SequenceEqual("PATCH"u8));

    private static void AddConnection(ITunnelStreamFeature request, FieldList fields)
    {
        if (request.Kind == TunnelStreamKind.WebSocket)
        {
            fields.Remove("te"u8);
            fields.Add("Connection"u8, "Upgrade"u8);
            if (request.RequestFields.TryGet("upgrade"u8, out var protocol))
            {
                fields.Add("Upgrade"u8, protocol);
            }
            else
            {
                fields.Add("Upgrade"u8, "websocket"u8);
                fields.Add("Sec-WebSocket-Version"u8, "13"u8);
            }
        }
        else
        {
            // RFC 9110 §10.1.4: who sends TE names it in Connection.
            fields.Add("Connection"u8, fields.Contains("te"u8) ? "keep-alive, TE"u8 : "keep-alive"u8);
        }
    }

    private static bool Is(Field field, ReadOnlySpan<byte> name) => Ascii.EqualsIgnoreCase(field.Name, name);
}
