using System.Text;
using Engine.Edge.Front;
using Engine.Fields;
using Engine.Http1;
using Engine.Tunnels;

namespace Engine.Edge.Requests;

/// <summary>Writes the head that goes into the tunnel from the one that came from the visitor.</summary>
/// <remarks>Owned by one exchange at a time. Everything a visitor says goes through here, heads and trailers, so this is where it is filtered.</remarks>
internal sealed class RequestWriter
{
    private byte[] _lower = [];

    /// <summary>The head for the tunnel, pseudo-fields first.</summary>
    public FieldList Head { get; } = new();

    /// <summary>Fills <see cref="Head"/>.</summary>
    /// <param name="visitor">The request.</param>
    /// <param name="kind">As what it goes into the tunnel.</param>
    /// <param name="traceId">The id of this exchange.</param>
    /// <param name="loops">How often it has now passed an edge, this one included.</param>
    /// <param name="freshKey">The key of a WebSocket whose visitor has none of its own (RFC 8441 §5); else empty.</param>
    public void Write(VisitorExchange visitor, TunnelStreamKind kind, string traceId, int loops, ReadOnlySpan<byte> freshKey)
    {
        Head.Clear();
        Head.Add(":method"u8, visitor.Upgrade is null ? visitor.Method : "GET"u8);
        Head.Add(":scheme"u8, visitor.Peer.IsTls ? "https"u8 : "http"u8);
        Head.Add(":authority"u8, visitor.Authority);
        Head.Add(":path"u8, visitor.Path);

        var isWebSocket = visitor.IsWebSocket;
        var hasOwnKey = !freshKey.IsEmpty;
        foreach (var field in visitor.Fields)
        {
            if (IsPassedOn(visitor.Fields, field, isWebSocket) && !(hasOwnKey && Ascii.EqualsIgnoreCase(field.Name, "sec-websocket-key"u8)))
            {
                Add(field);
            }
        }

        AddStatements(visitor, traceId, loops);
        if (hasOwnKey)
        {
            Head.Add("sec-websocket-key"u8, freshKey);
        }

        if (kind == TunnelStreamKind.WebSocket && !isWebSocket)
        {
            Head.Add("engine-upgrade"u8, visitor.Upgrade!);
        }
    }

    /// <summary>Fills <see cref="Head"/> with what may pass of a request's trailers.</summary>
    /// <returns>Whether anything did.</returns>
    public bool WriteTrailers(FieldList trailers)
    {
        Head.Clear();
        foreach (var field in trailers)
        {
            if (!field.IsPseudo &&
                Http1Fields.IsAllowedInTrailers(field.Name) &&
                !HopByHop.Contains(field.Name) &&
                !ForbiddenFields.Contains(field.Name) &&
                !ForbiddenFields.Is(field.Name, "cdn-loop"u8))
            {
                Add(field);
            }
        }

        return Head.Count > 0;
    }

    private static bool IsPassedOn(FieldList fields, Field field, bool isWebSocket)
    {
        var name = field.Name;
        if (field.IsPseudo || HopByHop.Contains(name) || ForbiddenFields.Contains(name) || HopByHop.IsNamedByConnection(fields, name))
        {
            return false;
        }

        return (name[0] | 0x20) switch
        {
            'h' => !Ascii.EqualsIgnoreCase(name, "host"u8),
            'c' => !ForbiddenFields.Is(name, "cdn-loop"u8) && !(isWebSocket && Ascii.EqualsIgnoreCase(name, "content-length"u8)),

            // The connector states the version itself.
            's' => !(isWebSocket && Ascii.EqualsIgnoreCase(name, "sec-websocket-version"u8)),
            _ => true,
        };
    }

    private void AddStatements(VisitorExchange visitor, string traceId, int loops)
    {
        if (Http1Fields.HasToken(visitor.Fields, "te"u8, "trailers"u8))
        {
            Head.Add("te"u8, "trailers"u8);
        }

        Head.Add("x-forwarded-for"u8, visitor.Peer.Address);
        Head.Add("x-forwarded-proto"u8, visitor.Peer.IsTls ? "https"u8 : "http"u8);
        Head.Add("cf-connecting-ip"u8, visitor.Peer.Address);
        Head.Add("cf-visitor"u8, visitor.Peer.IsTls ? "{\"scheme\":\"https\"}"u8 : "{\"scheme\":\"http\"}"u8);
        LoopCount.Write(visitor.Fields, Head, loops);
        Head.Add("cf-ray"u8, traceId);
    }

    private void Add(Field field)
    {
        var name = FieldRules.Lower(field.Name, ref _lower);
        Head.Add(name, field.Value, field.IsSensitive || FieldRules.IsSecret(name));
    }
}
