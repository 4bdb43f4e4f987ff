using System.Buffers;
using System.Text;

namespace Engine.Edge.Requests;

/// <summary>What a field may consist of (RFC 9110 §5.1, §5.5), and which ones are secrets.</summary>
internal static class FieldRules
{
    private static readonly SearchValues<byte> TokenOctets =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"u8);

    // Every control but HTAB, and DEL: no version of HTTP may carry them, and some readers end a line at one.
    private static readonly SearchValues<byte> Controls = SearchValues.Create(
    [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 127,
    ]);

    /// <summary>Whether the name is a token.</summary>
    public static bool IsToken(ReadOnlySpan<byte> name) => !name.IsEmpty && !name.ContainsAnyExcept(TokenOctets);

    /// <summary>Whether a field can be written in any version of HTTP without changing what follows it.</summary>
    public static bool IsSafe(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => IsToken(name) && !value.ContainsAny(Controls);

    /// <summary>Whether header compression must not remember the value (RFC 7541 §7.1.3).</summary>
    public static bool IsSecret(ReadOnlySpan<byte> lowerName) =>
        lowerName.SequenceEqual("authorization"u8) ||
        lowerName.SequenceEqual("cookie"u8) ||
        lowerName.SequenceEqual("set-cookie"u8) ||
        lowerName.SequenceEqual("proxy-authorization"u8) ||
        lowerName.StartsWith("cf-access-"u8);

    /// <summary>Writes a name in lower case, as HTTP/2 has it (RFC 9113 §8.2.1).</summary>
    /// <param name="name">The name.</param>
    /// <param name="buffer">Used when something has to be changed; grown when it is too small.</param>
    public static ReadOnlySpan<byte> Lower(ReadOnlySpan<byte> name, ref byte[] buffer)
    {
        if (!name.ContainsAnyInRange((byte)'A', (byte)'Z'))
        {
            return name;
        }

        if (buffer.Length < name.Length)
        {
            buffer = new byte[Math.Max(name.Length, 128)];
        }

        Ascii.ToLower(name, buffer, out var written);
        return buffer.AsSpan(0, written);
    }
}
