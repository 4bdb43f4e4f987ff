using System.Buffers;
using System.Text;
using Engine.Fields;

namespace Engine.Tunnels.Headers;

/// <summary>The origin's response fields as one field value, so that their case, order and octets survive header compression.</summary>
/// <remarks><code>
/// list = [ pair *( ";" pair ) ]        pair = base64(name) ":" base64(value)        without padding, one pair for each line
/// </code></remarks>
internal static class HeaderSerializer
{
    /// <summary>The most lines that are taken; an origin's answer has some twenty.</summary>
    public const int MaxFields = 1024;

    private static readonly SearchValues<byte> ForbiddenInValues = SearchValues.Create("\r\n\0"u8);

    /// <summary>Appends the field with all lines of <paramref name="fields"/> that may travel.</summary>
    /// <remarks>Marked sensitive: it may hold cookies (RFC 7541 §7.1.3), and it is never the same twice.</remarks>
    public static void Add(FieldList target, FieldList fields)
    {
        var length = 0;
        foreach (var field in fields)
        {
            if (Travels(field.Name))
            {
                length += UnpaddedBase64.EncodedLength(field.Name.Length) + UnpaddedBase64.EncodedLength(field.Value.Length) + 2;
            }
        }

        // Two separators a pair, but nothing behind the last pair.
        var rest = target.Reserve(TunnelFields.ResponseHeaders, Math.Max(0, length - 1), sensitive: true);
        var isFirst = true;
        foreach (var field in fields)
        {
            if (!Travels(field.Name))
            {
                continue;
            }

            if (!isFirst)
            {
                rest[0] = (byte)';';
                rest = rest[1..];
            }

            isFirst = false;
            rest = UnpaddedBase64.Encode(field.Name, rest);
            rest[0] = (byte)':';
            rest = UnpaddedBase64.Encode(field.Value, rest[1..]);
        }
    }

    /// <summary>Appends the lines that a field value holds, without those that must not travel.</summary>
    /// <exception cref="HeaderFormatException">It is no list, has too many lines, or holds what could break a message apart.</exception>
    public static void Parse(ReadOnlySpan<byte> serialized, FieldList target)
    {
        var count = 0;
        while (!serialized.IsEmpty)
        {
            var end = serialized.IndexOf((byte)';');
            var pair = end < 0 ? serialized : serialized[..end];
            serialized = end < 0 ? default : serialized[(end + 1)..];
            if (pair.IsEmpty)
            {
                continue;
            }

            if (++count > MaxFields)
            {
                throw new HeaderFormatException($"A response has more than {MaxFields} serialised fields.");
            }

            ParsePair(pair, target);
        }
    }

    private static void ParsePair(ReadOnlySpan<byte> pair, FieldList target)
    {
        var colon = pair.IndexOf((byte)':');
        var nameLength = UnpaddedBase64.DecodedLength(colon);
        var valueLength = UnpaddedBase64.DecodedLength(pair.Length - colon - 1);
        if (colon < 0 || nameLength < 0 || valueLength < 0)
        {
            throw new HeaderFormatException("A serialised response field is no pair of base64.");
        }

        byte[]? rented = null;
        var length = nameLength + valueLength;
        var octets = length <= 512 ? stackalloc byte[512] : (rented = ArrayPool<byte>.Shared.Rent(length));
        try
        {
            var name = octets[..nameLength];
            var value = octets.Slice(nameLength, valueLength);
            if (!UnpaddedBase64.TryDecode(pair[..colon], name) || !UnpaddedBase64.TryDecode(pair[(colon + 1)..], value))
            {
                throw new HeaderFormatException("A serialised response field is no pair of base64.");
            }

            if (!FieldSyntax.IsToken(name) || value.ContainsAny(ForbiddenInValues))
            {
                throw new HeaderFormatException("A serialised response field has a name that is no token, or a value with CR, LF or NUL.");
            }

            if (Travels(name))
            {
                target.Add(name, value);
            }
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented, clearArray: true);
            }
        }
    }

    /// <summary>Whether a line is the origin's word to the visitor: not pseudo, not ours, and not framing, which ends at each hop.</summary>
    private static bool Travels(ReadOnlySpan<byte> name)
    {
        if (name.IsEmpty || name[0] == ':')
        {
            return false;
        }

        return (name[0] | 0x20) switch
        {
            'c' => !StartsWith(name, "cf-int-"u8) && !StartsWith(name, TunnelFields.Prefix) && !StartsWith(name, "cf-proxy-"u8),
            't' => !Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8) && !Ascii.EqualsIgnoreCase(name, "trailer"u8),
            _ => true,
        };
    }

    private static bool StartsWith(ReadOnlySpan<byte> name, ReadOnlySpan<byte> prefix) =>
        name.Length >= prefix.Length && Ascii.EqualsIgnoreCase(name[..prefix.Length], prefix);
}
