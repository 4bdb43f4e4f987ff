using System.Text;
using Engine.Fields;
using Engine.Http1;

namespace Engine.Tunnels.Headers;

/// <summary>Makes of a visitor's request head the one that crosses the tunnel.</summary>
internal static class RequestHead
{
    /// <summary>Edits the list: removes what must not cross a tunnel, whoever sent it, and adds what the kind needs.</summary>
    /// <exception cref="ArgumentException">A TCP stream without the field that makes it one.</exception>
    public static void Prepare(TunnelStreamKind kind, FieldList head)
    {
        Http1Fields.RemoveConnectionFields(head);
        if (head.Contains(":authority"u8))
        {
            // The two must not differ (RFC 9113 §8.3.1), and the one that was routed by is what counts.
            head.Remove("host"u8);
        }

        for (var i = head.Count - 1; i >= 0; i--)
        {
            var name = head[i].Name;
            if (HasTunnelPrefix(name) && !(kind == TunnelStreamKind.Tcp && IsSource(name)))
            {
                head.RemoveAt(i);
            }
        }

        if (kind == TunnelStreamKind.WebSocket)
        {
            head.Remove("sec-websocket-version"u8);
            head.Add(TunnelFields.Upgrade, TunnelFields.WebSocket);
        }
        else if (kind == TunnelStreamKind.Tcp && !(head.TryGet(TunnelFields.Source, out var source) && !source.IsEmpty))
        {
            throw new ArgumentException("The head of a TCP stream needs cf-cloudflared-proxy-src with the visitor's address.", nameof(head));
        }
    }

    private static bool HasTunnelPrefix(ReadOnlySpan<byte> name) =>
        name.Length >= TunnelFields.Prefix.Length && Ascii.EqualsIgnoreCase(name[..TunnelFields.Prefix.Length], TunnelFields.Prefix);

    private static bool IsSource(ReadOnlySpan<byte> name) => name.Length == TunnelFields.Source.Length && Ascii.EqualsIgnoreCase(name, TunnelFields.Source);
}
