using Engine.Fields;

namespace Engine.Http2.Heads;

/// <summary>Judges request heads (RFC 9113 §8.3.1, RFC 8441 §4).</summary>
internal static class RequestHead
{
    [Flags]
    private enum Seen
    {
        None = 0,
        Method = 1,
        Scheme = 2,
        Path = 4,
        Authority = 8,
        Protocol = 16,
        Ordinary = 32,
    }

    /// <summary>What makes a request malformed, or null.</summary>
    /// <param name="head">The decoded field section.</param>
    /// <param name="extendedConnect">Whether this side announced SETTINGS_ENABLE_CONNECT_PROTOCOL.</param>
    /// <param name="leavesTarget">Whether the owner judges where the request goes: user information, Host against :authority, the form of :path.</param>
    public static string? FaultOf(FieldList head, bool extendedConnect, bool leavesTarget)
    {
        var seen = Seen.None;
        foreach (var field in head)
        {
            string? fault;
            if (!field.IsPseudo)
            {
                seen |= Seen.Ordinary;
                fault = FieldRules.FaultOf(field);
            }
            else if ((seen & Seen.Ordinary) != 0)
            {
                fault = "a pseudo-field comes after an ordinary field";
            }
            else
            {
                fault = FaultOfPseudo(field, extendedConnect, leavesTarget, ref seen);
            }

            if (fault is not null)
            {
                return fault;
            }
        }

        return FaultOfSet(head, seen) ?? (leavesTarget ? null : FaultOfPath(head) ?? FaultOfAuthority(head));
    }

    private static string? FaultOfPseudo(in Field field, bool extendedConnect, bool leavesTarget, ref Seen seen)
    {
        var name = field.Name;
        var which = name.SequenceEqual(":method"u8) ? Seen.Method
            : name.SequenceEqual(":path"u8) ? Seen.Path
            : name.SequenceEqual(":scheme"u8) ? Seen.Scheme
            : name.SequenceEqual(":authority"u8) ? Seen.Authority
            : extendedConnect && name.SequenceEqual(":protocol"u8) ? Seen.Protocol
            : Seen.None;
        if (which == Seen.None)
        {
            return "there is an unknown pseudo-field";
        }

        if ((seen & which) != 0)
        {
            return "a pseudo-field stands there twice";
        }

        seen |= which;
        var isValid = which switch
        {
            Seen.Method or Seen.Protocol => FieldSyntax.IsToken(field.Value),
            Seen.Scheme => !field.Value.IsEmpty && IsPrintable(field.Value),

            // §8.3.1: user information is not allowed, and only octets that can stand in a request line.
            Seen.Authority => IsPrintable(field.Value) && (leavesTarget || field.Value.IndexOf((byte)'@') < 0),
            _ => !field.Value.IsEmpty && IsPrintable(field.Value),
        };
        return isValid ? null : "a pseudo-field has a value that it can't have";
    }

    private static string? FaultOfSet(FieldList head, Seen seen)
    {
        const Seen Target = Seen.Scheme | Seen.Path;
        if ((seen & Seen.Method) == 0)
        {
            return "there is no :method";
        }

        head.TryGet(":method"u8, out var method);
        if (method.SequenceEqual("CONNECT"u8))
        {
            if ((seen & Seen.Protocol) != 0)
            {
                return (seen & (Target | Seen.Authority)) == (Target | Seen.Authority) ? null : "extended CONNECT lacks :scheme, :path or :authority";
            }

            if ((seen & Target) != 0)
            {
                return "CONNECT has a :scheme or a :path";
            }

            return head.TryGet(":authority"u8, out var target) && !target.IsEmpty ? null : "CONNECT has no :authority";
        }

        if ((seen & Seen.Protocol) != 0)
        {
            return ":protocol stands in a request that is no CONNECT";
        }

        return (seen & Target) == Target ? null : "there is no :scheme or no :path";
    }

    private static string? FaultOfPath(FieldList head)
    {
        head.TryGet(":method"u8, out var method);
        if (method.SequenceEqual("CONNECT"u8))
        {
            return null;
        }

        head.TryGet(":path"u8, out var path);
        var isTarget = path[0] == (byte)'/' || (path.SequenceEqual("*"u8) && method.SequenceEqual("OPTIONS"u8));
        return isTarget || !IsHttp(head) ? null : "the :path does not begin with a slash";
    }

    /// <summary>A Host that names another place than :authority would be routed by one and served by the other (§8.3.1).</summary>
    private static string? FaultOfAuthority(FieldList head)
    {
        var host = head.IndexOf("host"u8);
        if (host < 0)
        {
            return null;
        }

        if (head.IndexOf("host"u8, host + 1) >= 0)
        {
            return "there are two Host fields";
        }

        if (!head.TryGet(":authority"u8, out var authority) || authority.SequenceEqual(head[host].Value))
        {
            return null;
        }

        return System.Text.Ascii.EqualsIgnoreCase(authority, head[host].Value) ? null : "Host and :authority differ";
    }

    private static bool IsHttp(FieldList head) =>
        head.TryGet(":scheme"u8, out var scheme)
        && (System.Text.Ascii.EqualsIgnoreCase(scheme, "http"u8) || System.Text.Ascii.EqualsIgnoreCase(scheme, "https"u8));

    private static bool IsPrintable(ReadOnlySpan<byte> value)
    {
        // Octets above 0x7F are kept as they are; controls, space and DEL would break an HTTP/1.1 request line.
        foreach (var octet in value)
        {
            if (octet is <= 0x20 or 0x7F)
            {
                return false;
            }
        }

        return true;
    }
}
