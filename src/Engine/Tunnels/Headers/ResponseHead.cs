using System.Buffers.Text;
using Engine.Fields;
using Engine.Http1;

namespace Engine.Tunnels.Headers;

/// <summary>Response heads as they cross the tunnel: written by the connector, read by the edge.</summary>
internal static class ResponseHead
{
    /// <summary>Fills <paramref name="target"/> with the head for an answer of an origin.</summary>
    public static void Write(FieldList target, int status, FieldList fields, ResponseSource source)
    {
        WriteStatus(target, status == 101 ? 200 : status);
        HeaderSerializer.Add(target, fields);
        target.Add(TunnelFields.ResponseMeta, source == ResponseSource.Origin ? TunnelFields.OriginMeta : TunnelFields.ConnectorMeta);
        // The transport needs the length too, to tell a whole body from a cut one (RFC 9113 §8.1.1).
        if (status != 101 && fields.TryGet("content-length"u8, out var length))
        {
            target.Add("content-length"u8, length);
        }
    }

    /// <summary>Fills <paramref name="target"/> with an interim head.</summary>
    public static void WriteInformational(FieldList target, int status, FieldList fields)
    {
        WriteStatus(target, status);
        HeaderSerializer.Add(target, fields);
    }

    /// <summary>Fills <paramref name="target"/> with the head of a failure; <paramref name="code"/> is null for an edge that knows no codes.</summary>
    public static void WriteFailure(FieldList target, int status, string? code)
    {
        WriteStatus(target, status);
        target.Add(TunnelFields.ResponseMeta, TunnelFields.ConnectorMeta);
        if (code is not null)
        {
            target.Add(TunnelFields.EngineError, code);
        }
    }

    /// <summary>Reads a head into <paramref name="response"/>.</summary>
    /// <exception cref="HeaderFormatException">The head breaks the tunnel protocol.</exception>
    public static void Read(FieldList head, TunnelStreamKind kind, bool hasErrorCodes, EdgeResponse response)
    {
        response.Fields.Clear();
        response.Status = ReadStatus(head);
        response.IsUpgrade = false;
        ReadMeta(head, response);
        response.ErrorCode = hasErrorCodes && response.Source == ResponseSource.Connector ? ReadCode(head) : null;
        if (head.TryGet(TunnelFields.ResponseHeaders, out var serialized))
        {
            HeaderSerializer.Parse(serialized, response.Fields);
        }

        if (response.Status == 200 && IsUpgrade(kind, response.Fields))
        {
            response.Status = kind == TunnelStreamKind.WebSocket ? 101 : 200;
            response.IsUpgrade = true;
            response.Fields.Remove("transfer-encoding"u8);
            response.Fields.Remove("content-length"u8);
            return;
        }

        Http1Fields.RemoveConnectionFields(response.Fields);
        if (!response.IsInformational && head.TryGet("content-length"u8, out var length) && !response.Fields.Contains("content-length"u8))
        {
            response.Fields.Add("Content-Length"u8, length);
        }
    }

    /// <summary>A WebSocket stream is upgraded when the origin said so; a TCP stream when it was accepted at all.</summary>
    private static bool IsUpgrade(TunnelStreamKind kind, FieldList fields) => kind switch
    {
        TunnelStreamKind.WebSocket => fields.Contains("sec-websocket-accept"u8) || fields.Contains("upgrade"u8),
        TunnelStreamKind.Tcp => true,
        _ => false,
    };

    private static void WriteStatus(FieldList target, int status)
    {
        target.Clear();
        Span<byte> digits = stackalloc byte[3];
        digits[0] = (byte)('0' + (status / 100));
        digits[1] = (byte)('0' + (status / 10 % 10));
        digits[2] = (byte)('0' + (status % 10));
        target.Add(":status"u8, digits);
    }

    private static int ReadStatus(FieldList head) =>
        head.TryGet(":status"u8, out var text) && text.Length == 3
        && Utf8Parser.TryParse(text, out int status, out var used) && used == 3 && status is >= 100 and <= 999 and not 101
            ? status
            : throw new HeaderFormatException("A response has no status, or one that a tunnel does not carry.");

    /// <summary>Reads who answered. A head without the field came from no origin; a field that says something new is taken as the origin's.</summary>
    private static void ReadMeta(FieldList head, EdgeResponse response)
    {
        response.IsFlowRateLimited = false;
        response.Source = ResponseSource.Connector;
        if (!head.TryGet(TunnelFields.ResponseMeta, out var meta))
        {
            if (head.Contains(TunnelFields.ResponseHeaders))
            {
                response.Source = ResponseSource.Origin;
            }

            return;
        }

        if (meta.SequenceEqual(TunnelFields.OriginMeta))
        {
            response.Source = ResponseSource.Origin;
        }
        else if (!meta.SequenceEqual(TunnelFields.ConnectorMeta))
        {
            ResponseMeta.Parse(meta, response);
        }
    }

    private static string? ReadCode(FieldList head)
    {
        // A code is printed in logs and pages: letters, digits and hyphens only.
        if (!head.TryGet(TunnelFields.EngineError, out var code) || code.IsEmpty || code.Length > 64)
        {
            return null;
        }

        foreach (var octet in code)
        {
            if (octet is not ((>= (byte)'a' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9') or (byte)'-'))
            {
                return null;
            }
        }

        return System.Text.Encoding.ASCII.GetString(code);
    }
}
