using System.Globalization;
using System.Text;

namespace Engine.Ingress;

/// <summary>
/// The one spelling of a host name by which everything is decided: lower case, in punycode, without the port and without the
/// one dot that may end it.
/// </summary>
/// <remarks>
/// Routing, policy and ingress all start from this value, so that no two of them can read one name differently. A name that
/// two readers could take for different hosts (user information, empty labels, octets that no name holds) has no such
/// spelling. Stateless and safe on any thread; a name in ASCII costs no allocation.
/// </remarks>
public static class CanonicalName
{
    /// <summary>The longest name in its presentation form (RFC 1035 §3.1: 255 octets on the wire), and so the buffer to bring.</summary>
    public const int MaxLength = 253;

    /// <summary>Writes the canonical spelling of an authority's host.</summary>
    /// <param name="authority">Host and, if there is one, port, as in <c>Host</c> and <c>:authority</c>. Empty gives the empty name.</param>
    /// <param name="destination">At least <see cref="MaxLength"/> octets.</param>
    /// <param name="length">How many of them were written.</param>
    /// <returns>False when the authority is not one host name with, at most, one port.</returns>
    public static bool TryWrite(ReadOnlySpan<byte> authority, Span<byte> destination, out int length)
    {
        length = 0;
        if (!TryStripPort(authority, out var name))
        {
            return false;
        }

        if (name.Length > 0 && name[0] == (byte)'[')
        {
            return TryWriteAddress(name, destination, out length);
        }

        if (name.Length > 1 && name[^1] == (byte)'.')
        {
            name = name[..^1];
        }

        if (!Ascii.IsValid(name))
        {
            return TryWriteInternational(name, destination, out length);
        }

        return name.Length <= MaxLength && TryWriteLabels(name, destination, out length);
    }

    /// <summary>The canonical spelling of a name as a person wrote it, or null when it has none.</summary>
    /// <param name="name">A host name, without a port.</param>
    public static string? FromText(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        Span<byte> buffer = stackalloc byte[MaxLength];
        return !name.Contains(':', StringComparison.Ordinal) && TryWrite(Encoding.UTF8.GetBytes(name), buffer, out var length) && length > 0
            ? Encoding.ASCII.GetString(buffer[..length])
            : null;
    }

    private static bool TryStripPort(ReadOnlySpan<byte> authority, out ReadOnlySpan<byte> name)
    {
        name = authority;
        var colon = authority.LastIndexOf((byte)':');
        if (colon < 0 || colon < authority.LastIndexOf((byte)']'))
        {
            return true;
        }

        var port = authority[(colon + 1)..];
        name = authority[..colon];
        return port.Length <= 5 && !port.ContainsAnyExceptInRange((byte)'0', (byte)'9') && name.Length > 0;
    }

    /// <summary>An IPv6 address stays in its brackets; only the case of its digits is made one.</summary>
    private static bool TryWriteAddress(ReadOnlySpan<byte> name, Span<byte> destination, out int length)
    {
        length = 0;
        if (name.Length is < 4 or > 47 || name[^1] != (byte)']' || name[1..^1].ContainsAnyExcept("0123456789abcdefABCDEF:."u8))
        {
            return false;
        }

        Ascii.ToLower(name, destination, out length);
        return true;
    }

    private static bool TryWriteLabels(ReadOnlySpan<byte> name, Span<byte> destination, out int length)
    {
        length = 0;
        var labelStart = 0;
        for (var i = 0; i < name.Length; i++)
        {
            var octet = name[i];
            if (octet == (byte)'.')
            {
                if (i == labelStart)
                {
                    return false;
                }

                labelStart = i + 1;
            }
            else if (octet is >= (byte)'A' and <= (byte)'Z')
            {
                octet |= 0x20;
            }
            else if (octet is not ((>= (byte)'a' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9') or (byte)'-' or (byte)'_'))
            {
                return false;
            }

            destination[i] = octet;
        }

        length = name.Length;
        return labelStart < name.Length || name.Length == 0;
    }

    /// <summary>The rare way: a client that sends a name in UTF-8 instead of punycode.</summary>
    private static bool TryWriteInternational(ReadOnlySpan<byte> name, Span<byte> destination, out int length)
    {
        length = 0;
        if (name.Length > 4 * MaxLength)
        {
            return false;
        }

        try
        {
            var text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(name);
            var ascii = new IdnMapping { UseStd3AsciiRules = false }.GetAscii(text.ToLowerInvariant());
            Span<byte> octets = stackalloc byte[MaxLength];
            return ascii.Length <= MaxLength
                && Encoding.ASCII.TryGetBytes(ascii, octets, out var count)
                && TryWriteLabels(octets[..count], destination, out length);
        }
        catch (ArgumentException)
        {
            // Broken UTF-8, or a label that has no punycode form.
            return false;
        }
    }
}
