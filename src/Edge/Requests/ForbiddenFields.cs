namespace Engine.Edge.Requests;

/// <summary>The field names that only an edge may use: what a visitor sends under them never reaches a connector.</summary>
/// <remarks>
/// With <c>cf-cloudflared-proxy-src</c> a visitor could open raw TCP inside the connector's network, with
/// <c>cf-cloudflared-proxy-connection-upgrade</c> rewrite its rules, with the others pretend to be someone else. Names are compared
/// without regard to case and with <c>_</c> read as <c>-</c>, because origins that follow CGI (RFC 3875 §4.1.18) cannot tell the two apart.
/// </remarks>
internal static class ForbiddenFields
{
    /// <summary>Whether a visitor's field (or trailer) of this name is removed.</summary>
    public static bool Contains(ReadOnlySpan<byte> name) =>
        name.Length > 1 && (name[0] | 0x20) switch
        {
            'c' => IsReservedByCloudflare(name),
            'e' => HasPrefix(name, "engine-"u8),
            'x' => IsOurStatement(name),
            'f' => Is(name, "forwarded"u8),
            't' => Is(name, "true-client-ip"u8),
            _ => false,
        };

    /// <summary>Whether <paramref name="name"/> is <paramref name="lower"/>, in any case and with <c>_</c> for <c>-</c>.</summary>
    internal static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> lower) => name.Length == lower.Length && HasPrefix(name, lower);

    internal static bool HasPrefix(ReadOnlySpan<byte> name, ReadOnlySpan<byte> lower)
    {
        if (name.Length < lower.Length)
        {
            return false;
        }

        for (var i = 0; i < lower.Length; i++)
        {
            var octet = name[i];
            octet = octet switch
            {
                (byte)'_' => (byte)'-',
                >= (byte)'A' and <= (byte)'Z' => (byte)(octet | 0x20),
                _ => octet,
            };
            if (octet != lower[i])
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsReservedByCloudflare(ReadOnlySpan<byte> name) =>
        HasPrefix(name, "cf-cloudflared-"u8) ||
        HasPrefix(name, "cf-int-"u8) ||
        HasPrefix(name, "cf-warp-tag-"u8) ||
        HasPrefix(name, "cf-proxy-"u8) ||
        Is(name, "cf-trace-id"u8) ||
        Is(name, "cf-ray"u8) ||
        HasPrefix(name, "cf-connecting-ip"u8) ||
        Is(name, "cf-visitor"u8) ||
        Is(name, "cf-ipcountry"u8) ||
        Is(name, "cf-pseudo-ipv4"u8) ||

        // Who a visitor is, only a policy of the edge can state.
        Is(name, "cf-access-jwt-assertion"u8) ||
        Is(name, "cf-access-authenticated-user-email"u8);

    /// <summary>What the edge states about the visitor itself; some of it set again for the connector.</summary>
    private static bool IsOurStatement(ReadOnlySpan<byte> name) =>
        Is(name, "x-forwarded-for"u8) ||
        Is(name, "x-forwarded-proto"u8) ||
        Is(name, "x-forwarded-host"u8) ||
        Is(name, "x-forwarded-port"u8) ||
        Is(name, "x-forwarded-server"u8) ||
        Is(name, "x-forwarded-ssl"u8) ||
        Is(name, "x-real-ip"u8);
}
