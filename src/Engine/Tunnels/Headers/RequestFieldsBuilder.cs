using Engine.Fields;

namespace Engine.Tunnels.Headers;

/// <summary>Makes of a request head the fields that an origin may see.</summary>
internal static class RequestFieldsBuilder
{
    /// <summary>Copies the fields: no pseudo-fields, no <c>host</c>, none of the tunnel's own, and cookie crumbs joined (RFC 9113 §8.2.3).</summary>
    public static void Build(FieldList head, FieldList target)
    {
        var cookieLength = 0;
        var cookies = 0;
        foreach (var field in head)
        {
            if (IsCookie(field))
            {
                cookieLength += field.Value.Length;
                cookies++;
            }
        }

        var joined = false;
        foreach (var field in head)
        {
            if (cookies > 1 && IsCookie(field))
            {
                if (!joined)
                {
                    joined = true;
                    JoinCookies(head, target.Reserve(field.Name, cookieLength + ((cookies - 1) * 2), sensitive: true));
                }
            }
            else if (!field.IsPseudo && !IsOurs(field.Name))
            {
                target.Add(field.Name, field.Value, field.IsSensitive);
            }
        }
    }

    private static void JoinCookies(FieldList head, Span<byte> target)
    {
        var isFirst = true;
        foreach (var field in head)
        {
            if (!IsCookie(field))
            {
                continue;
            }

            if (!isFirst)
            {
                "; "u8.CopyTo(target);
                target = target[2..];
            }

            isFirst = false;
            field.Value.CopyTo(target);
            target = target[field.Value.Length..];
        }
    }

    private static bool IsCookie(Field field) => NameIs(field.Name, "cookie"u8);

    private static bool IsOurs(ReadOnlySpan<byte> name) =>
        NameIs(name, "host"u8) || NameIs(name, TunnelFields.TraceId) || NameIs(name, TunnelFields.EngineFeatures)
        || NameIs(name, TunnelFields.EngineUpgrade)
        || (name.Length > TunnelFields.Prefix.Length && NameIs(name[..TunnelFields.Prefix.Length], TunnelFields.Prefix));

    private static bool NameIs(ReadOnlySpan<byte> name, ReadOnlySpan<byte> expected) =>
        name.Length == expected.Length && System.Text.Ascii.EqualsIgnoreCase(name, expected);
}
