namespace Engine.Http2.Hpack;

/// <summary>The fields whose values are secrets whoever sends them: never indexed, here or at any hop behind (RFC 7541 §7.1.3).</summary>
/// <remarks>
/// A peer that can add fields of its own to a compressed connection learns from their coded length whether it guessed an indexed value.
/// A field that the list itself marks as sensitive is treated in the same way.
/// </remarks>
internal static class HpackSecrets
{
    /// <summary>Whether the field with this name, in lower case, is a secret.</summary>
    public static bool Contains(ReadOnlySpan<byte> name) => name.Length switch
    {
        6 => name.SequenceEqual("cookie"u8),
        10 => name.SequenceEqual("set-cookie"u8),
        13 => name.SequenceEqual("authorization"u8) || IsAccess(name),
        19 => name.SequenceEqual("proxy-authorization"u8) || IsAccess(name),
        31 => name.SequenceEqual("cf-cloudflared-response-headers"u8) || IsAccess(name),
        _ => IsAccess(name),
    };

    private static bool IsAccess(ReadOnlySpan<byte> name) => name.StartsWith("cf-access-"u8);
}
