using System.Buffers;
using System.Buffers.Text;

namespace Engine.Tunnels.Headers;

/// <summary>Base64 with the standard alphabet and without padding (RFC 4648 §4, §3.2).</summary>
internal static class UnpaddedBase64
{
    private static ReadOnlySpan<byte> Alphabet => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8;

    private static ReadOnlySpan<sbyte> Values => ValueTable;

    private static readonly sbyte[] ValueTable = MakeValues();

    public static int EncodedLength(int length) => (int)(((long)length * 4 + 2) / 3);

    /// <summary>The length of what <paramref name="length"/> digits decode to, or -1 when no octets have so many digits.</summary>
    public static int DecodedLength(int length) => length % 4 == 1 ? -1 : (int)((long)length * 3 / 4);

    /// <summary>Encodes and gives what is left of <paramref name="target"/>, which must be long enough.</summary>
    public static Span<byte> Encode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var whole = source.Length / 3 * 3;
        Base64.EncodeToUtf8(source[..whole], target, out _, out var written, isFinalBlock: false);
        var rest = source[whole..];
        if (rest.Length == 0)
        {
            return target[written..];
        }

        var bits = (rest[0] << 16) | (rest.Length == 2 ? rest[1] << 8 : 0);
        target[written++] = Alphabet[bits >> 18];
        target[written++] = Alphabet[(bits >> 12) & 63];
        if (rest.Length == 2)
        {
            target[written++] = Alphabet[(bits >> 6) & 63];
        }

        return target[written..];
    }

    /// <summary>Decodes to exactly <see cref="DecodedLength"/> octets; false when there is anything but digits.</summary>
    /// <remarks>Bits that a last digit has too many are ignored, as the reference does.</remarks>
    public static bool TryDecode(ReadOnlySpan<byte> source, Span<byte> target)
    {
        var whole = source.Length / 4 * 4;
        var status = Base64.DecodeFromUtf8(source[..whole], target, out var consumed, out var written, isFinalBlock: false);
        // White space is skipped by the framework, and shows in too few octets.
        if (status != OperationStatus.Done || consumed != whole || written != whole / 4 * 3)
        {
            return false;
        }

        var rest = source[whole..];
        if (rest.Length == 0)
        {
            return true;
        }

        var bits = 0;
        foreach (var digit in rest)
        {
            var value = Values[digit];
            if (value < 0)
            {
                return false;
            }

            bits = (bits << 6) | (int)value;
        }

        if (rest.Length == 2)
        {
            target[written] = (byte)(bits >> 4);
        }
        else
        {
            target[written] = (byte)(bits >> 10);
            target[written + 1] = (byte)(bits >> 2);
        }

        return rest.Length > 1;
    }

    private static sbyte[] MakeValues()
    {
        var values = new sbyte[256];
        Array.Fill(values, (sbyte)-1);
        for (var i = 0; i < Alphabet.Length; i++)
        {
            values[Alphabet[i]] = (sbyte)i;
        }

        return values;
    }
}
