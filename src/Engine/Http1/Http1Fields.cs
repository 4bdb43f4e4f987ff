using System.Text;
using Engine.Fields;

namespace Engine.Http1;

/// <summary>What fields mean to the connection they came over rather than to the message (RFC 9110 §7.6.1).</summary>
public static class Http1Fields
{
    /// <summary>Whether a list-valued field holds <paramref name="token"/>, without regard to case (RFC 9110 §5.6.1).</summary>
    public static bool HasToken(FieldList fields, ReadOnlySpan<byte> name, ReadOnlySpan<byte> token)
    {
        ArgumentNullException.ThrowIfNull(fields);
        for (var i = fields.IndexOf(name); i >= 0; i = fields.IndexOf(name, i + 1))
        {
            var value = fields[i].Value;
            while (NextToken(ref value, out var item))
            {
                if (item.Length == token.Length && Ascii.EqualsIgnoreCase(item, token))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Whether a message leaves its connection open for another one (RFC 9112 §9.3).</summary>
    public static bool IsPersistent(int minorVersion, FieldList fields)
        => !HasToken(fields, "connection"u8, "close"u8)
            && (minorVersion >= 1 || HasToken(fields, "connection"u8, "keep-alive"u8));

    /// <summary>
    /// Removes what concerns one connection only: Connection and every field that it names, Keep-Alive, Proxy-Connection,
    /// Transfer-Encoding, Upgrade, and TE unless it says exactly <c>trailers</c>.
    /// </summary>
    /// <remarks>A name in Connection that every recipient must see (Host, Content-Length) is left: a sender has no right to have it removed.</remarks>
    public static void RemoveConnectionFields(FieldList fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        RemoveNamedByConnection(fields);
        fields.Remove("connection"u8);
        fields.Remove("keep-alive"u8);
        fields.Remove("proxy-connection"u8);
        fields.Remove("transfer-encoding"u8);
        fields.Remove("upgrade"u8);
        var te = fields.IndexOf("te"u8);
        if (te >= 0 && (fields.IndexOf("te"u8, te + 1) >= 0 || !Ascii.EqualsIgnoreCase(fields[te].Value, "trailers"u8)))
        {
            fields.Remove("te"u8);
        }
    }

    /// <summary>Whether a field may stand in a trailer section: not what frames, routes or authenticates (RFC 9110 §6.5.1).</summary>
    public static bool IsAllowedInTrailers(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 => !Ascii.EqualsIgnoreCase(name, "te"u8),
        4 => !Ascii.EqualsIgnoreCase(name, "host"u8),
        6 => !Ascii.EqualsIgnoreCase(name, "cookie"u8) && !Ascii.EqualsIgnoreCase(name, "expect"u8),
        7 => !Ascii.EqualsIgnoreCase(name, "trailer"u8) && !Ascii.EqualsIgnoreCase(name, "upgrade"u8),
        10 => !Ascii.EqualsIgnoreCase(name, "connection"u8) && !Ascii.EqualsIgnoreCase(name, "keep-alive"u8)
            && !Ascii.EqualsIgnoreCase(name, "set-cookie"u8),
        12 => !Ascii.EqualsIgnoreCase(name, "content-type"u8),
        13 => !Ascii.EqualsIgnoreCase(name, "authorization"u8) && !Ascii.EqualsIgnoreCase(name, "content-range"u8),
        14 => !Ascii.EqualsIgnoreCase(name, "content-length"u8),
        16 => !Ascii.EqualsIgnoreCase(name, "content-encoding"u8) && !Ascii.EqualsIgnoreCase(name, "proxy-connection"u8),
        17 => !Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8),
        19 => !Ascii.EqualsIgnoreCase(name, "proxy-authorization"u8),
        _ => true,
    };

    /// <summary>Takes the next item of a comma-separated list; empty items are passed over.</summary>
    internal static bool NextToken(ref ReadOnlySpan<byte> list, out ReadOnlySpan<byte> item)
    {
        while (!list.IsEmpty)
        {
            var comma = list.IndexOf((byte)',');
            item = (comma < 0 ? list : list[..comma]).Trim(" \t"u8);
            list = comma < 0 ? default : list[(comma + 1)..];
            if (!item.IsEmpty)
            {
                return true;
            }
        }

        item = default;
        return false;
    }

    private static void RemoveNamedByConnection(FieldList fields)
    {
        for (var i = 0; (i = fields.IndexOf("connection"u8, i)) >= 0; i++)
        {
            // Removing other lines changes no bytes, so that the value being walked stays whole.
            var value = fields[i].Value;
            while (NextToken(ref value, out var name))
            {
                if (!IsForEveryRecipient(name))
                {
                    i -= RemoveAndCountBefore(fields, name, i);
                }
            }
        }
    }

    private static int RemoveAndCountBefore(FieldList fields, ReadOnlySpan<byte> name, int index)
    {
        var before = 0;
        for (var i = fields.IndexOf(name); i >= 0; i = fields.IndexOf(name, i))
        {
            fields.RemoveAt(i);
            before += i < index - before ? 1 : 0;
        }

        return before;
    }

    private static bool IsForEveryRecipient(ReadOnlySpan<byte> name)
        => Ascii.EqualsIgnoreCase(name, "connection"u8)
            || Ascii.EqualsIgnoreCase(name, "host"u8)
            || Ascii.EqualsIgnoreCase(name, "content-length"u8)
            || Ascii.EqualsIgnoreCase(name, "te"u8);
}
