using System.Buffers;
using Engine.Fields;

namespace Engine.Http2.Heads;

/// <summary>What RFC 9113 §8.2 asks of every field line.</summary>
/// <remarks>A message that breaks one of these rules is malformed: stream error PROTOCOL_ERROR (§8.1.1).</remarks>
internal static class FieldRules
{
    // RFC 9110 §5.6.2 without the upper-case letters, which HTTP/2 forbids in names.
    private static readonly SearchValues<byte> NameOctets = SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"u8);

    private static readonly SearchValues<byte> ForbiddenInValues = SearchValues.Create("\0\r\n"u8);

    /// <summary>What is wrong with an ordinary field line, or null.</summary>
    public static string? FaultOf(in Field field)
    {
        if (field.Name.IsEmpty || field.Name.ContainsAnyExcept(NameOctets))
        {
            return "a field name is no lower-case token";
        }

        return FaultOfValue(field.Value) ?? FaultOfConnectionField(field);
    }

    /// <summary>What is wrong with a value, or null (§8.2.1).</summary>
    public static string? FaultOfValue(ReadOnlySpan<byte> value)
    {
        if (value.ContainsAny(ForbiddenInValues))
        {
            return "a field value has NUL, CR or LF";
        }

        return !value.IsEmpty && (IsBlank(value[0]) || IsBlank(value[^1])) ? "a field value begins or ends with white space" : null;
    }

    /// <summary>Checks trailers: ordinary field lines only (§8.1).</summary>
    public static string? FaultOfTrailers(FieldList trailers)
    {
        foreach (var field in trailers)
        {
            var fault = field.IsPseudo ? "trailers have a pseudo-field" : FaultOf(field);
            if (fault is not null)
            {
                return fault;
            }
        }

        return null;
    }

    /// <summary>Fields about the connection have no place in HTTP/2 (§8.2.2).</summary>
    private static string? FaultOfConnectionField(in Field field)
    {
        var name = field.Name;
        var forbidden = name.Length switch
        {
            2 => name.SequenceEqual("te"u8) && !System.Text.Ascii.EqualsIgnoreCase(field.Value, "trailers"u8),
            7 => name.SequenceEqual("upgrade"u8),
            10 => name.SequenceEqual("connection"u8) || name.SequenceEqual("keep-alive"u8),
            16 => name.SequenceEqual("proxy-connection"u8),
            17 => name.SequenceEqual("transfer-encoding"u8),
            _ => false,
        };
        return forbidden ? "there is a field about the connection" : null;
    }

    private static bool IsBlank(byte octet) => octet is (byte)' ' or (byte)'\t';
}
