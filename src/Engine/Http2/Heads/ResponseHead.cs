using Engine.Fields;

namespace Engine.Http2.Heads;

/// <summary>Judges response heads (RFC 9113 §8.3.2).</summary>
internal static class ResponseHead
{
    /// <summary>What makes a response malformed, or null and its status.</summary>
    public static string? FaultOf(FieldList head, out int status)
    {
        status = 0;
        var ordinary = false;
        foreach (var field in head)
        {
            if (!field.IsPseudo)
            {
                ordinary = true;
                if (FieldRules.FaultOf(field) is { } fault)
                {
                    return fault;
                }

                continue;
            }

            if (ordinary || status != 0 || !field.Name.SequenceEqual(":status"u8))
            {
                return ordinary ? "a pseudo-field comes after an ordinary field" : "there is a second or an unknown pseudo-field";
            }

            if (!TryParseStatus(field.Value, out status))
            {
                return "the :status is no number from 100 to 999";
            }
        }

        return status switch
        {
            0 => "there is no :status",
            101 => "101 does not exist in HTTP/2", // §8.6
            _ => null,
        };
    }

    private static bool TryParseStatus(ReadOnlySpan<byte> value, out int status)
    {
        status = 0;
        if (value.Length != 3)
        {
            return false;
        }

        foreach (var octet in value)
        {
            if (octet is < (byte)'0' or > (byte)'9')
            {
                return false;
            }

            status = (status * 10) + octet - '0';
        }

        return status >= 100;
    }
}
