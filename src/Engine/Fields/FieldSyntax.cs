using System.Buffers;

namespace Engine.Fields;

/// <summary>The character classes of RFC 9110 §5.6 that every version of HTTP shares.</summary>
internal static class FieldSyntax
{
    private static readonly SearchValues<byte> TokenOctets = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>Whether <paramref name="text"/> is a token (§5.6.2): a method, a field name.</summary>
    public static bool IsToken(ReadOnlySpan<byte> text) => !text.IsEmpty && !text.ContainsAnyExcept(TokenOctets);

    /// <summary>Whether <paramref name="octet"/> may stand in a token.</summary>
    public static bool IsTokenOctet(byte octet) => TokenOctets.Contains(octet);
}
