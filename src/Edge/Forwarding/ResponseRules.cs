using System.Buffers.Text;
using Engine.Edge.Answers;
using Engine.Edge.Front;
using Engine.Edge.Registry;
using Engine.Fields;
using Engine.WebSockets;

namespace Engine.Edge.Forwarding;

/// <summary>What a connector's answer must be before a visitor gets it.</summary>
internal static class ResponseRules
{
    /// <summary>Decides whether the head may go to the visitor.</summary>
    /// <param name="response">The head.</param>
    /// <param name="visitor">Who it is for.</param>
    /// <param name="key">The key that was made for a WebSocket without one.</param>
    /// <returns>The answer to give instead, or null.</returns>
    public static OwnAnswer? Judge(in TunnelResponse response, VisitorExchange visitor, ReadOnlySpan<byte> key)
    {
        if (response.IsOverloaded)
        {
            return OwnAnswer.ConnectorOverloaded;
        }

        if (response.IsFailure)
        {
            return OwnAnswer.ForOrigin(response.Status, response.ErrorCode);
        }

        if (response.Status is < 100 or > 999 ||
            (response.Status == 101 && !response.IsUpgrade) ||
            (response.IsUpgrade && visitor.Upgrade is null) ||
            !TryReadLength(response.Fields, out _))
        {
            return OwnAnswer.TunnelProtocol;
        }

        return response.IsUpgrade && visitor.NeedsKey && !HasAcceptFor(key, response.Fields) ? OwnAnswer.WebSocketAccept : null;
    }

    /// <summary>Reads Content-Length; false when it is there in a form that two readers could take differently.</summary>
    public static bool TryReadLength(FieldList fields, out long? length)
    {
        length = null;
        var index = fields.IndexOf("content-length"u8);
        if (index < 0)
        {
            return true;
        }

        var value = fields[index].Value;
        if (fields.IndexOf("content-length"u8, index + 1) >= 0 ||
            value.ContainsAnyExceptInRange((byte)'0', (byte)'9') ||
            !Utf8Parser.TryParse(value, out long parsed, out var used) ||
            used != value.Length)
        {
            return false;
        }

        length = parsed;
        return true;
    }

    /// <summary>Whether a method changes nothing (RFC 9110 §9.2.1): then it does no harm twice.</summary>
    public static bool IsSafe(ReadOnlySpan<byte> method) =>
        method.SequenceEqual("GET"u8) || method.SequenceEqual("HEAD"u8) || method.SequenceEqual("OPTIONS"u8);

    private static bool HasAcceptFor(ReadOnlySpan<byte> key, FieldList fields) =>
        fields.TryGet("sec-websocket-accept"u8, out var accept) && WebSocketHandshake.IsAcceptFor(key, accept);
}
