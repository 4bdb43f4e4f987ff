namespace Engine.Http2.Hpack;

/// <summary>Integers with a prefix (RFC 7541 §5.1).</summary>
/// <remarks>
/// <code>
///   0   1   2   3   4   5   6   7
/// +---+---+---+---+---+---+---+---+
/// | ? | ? | ? | 1   1   1   1   1 |   a value below 2^N-1 fits the N bits of the prefix;
/// +---+---+---+-------------------+
/// | 1 |    Value-(2^N-1) LSB      |   else the rest follows, seven bits an octet, least first
/// +---+---------------------------+
/// | 0 |    Value-(2^N-1) MSB      |
/// +---+---------------------------+
/// </code>
/// The RFC leaves the largest integer to the implementation: 2³¹-1 here, in at most five octets after the prefix, so that a run of
/// 0x80 octets cannot go on for ever.
/// </remarks>
internal static class HpackInteger
{
    /// <summary>The most octets that one integer takes, the prefix included.</summary>
    public const int MaxSize = 6;

    private const int LastShift = 28;

    /// <summary>Takes an integer off the front of <paramref name="source"/>.</summary>
    /// <exception cref="HpackException">It is cut short or too large.</exception>
    public static int Read(ref ReadOnlySpan<byte> source, int prefixBits)
    {
        var mask = (1 << prefixBits) - 1;
        var value = source[0] & mask;
        if (value < mask)
        {
            source = source[1..];
            return value;
        }

        return ReadRest(ref source, mask);
    }

    /// <summary>Writes an integer after the bits that <paramref name="firstOctet"/> already has above the prefix.</summary>
    /// <returns>How many octets it took.</returns>
    public static int Write(Span<byte> destination, int prefixBits, byte firstOctet, int value)
    {
        var mask = (1 << prefixBits) - 1;
        if (value < mask)
        {
            destination[0] = (byte)(firstOctet | value);
            return 1;
        }

        destination[0] = (byte)(firstOctet | mask);
        var rest = (uint)(value - mask);
        var length = 1;
        for (; rest >= 0x80; rest >>= 7)
        {
            destination[length++] = (byte)(rest | 0x80);
        }

        destination[length++] = (byte)rest;
        return length;
    }

    private static int ReadRest(ref ReadOnlySpan<byte> source, int mask)
    {
        long value = mask;
        var shift = 0;
        for (var i = 1; i < source.Length; i++)
        {
            var octet = source[i];
            value += (long)(octet & 0x7F) << shift;
            if (value > int.MaxValue)
            {
                break;
            }

            if (octet < 0x80)
            {
                source = source[(i + 1)..];
                return (int)value;
            }

            if (shift == LastShift)
            {
                break;
            }

            shift += 7;
            if (i + 1 == source.Length)
            {
                throw new HpackException("The field block ends inside an integer.");
            }
        }

        throw source.Length == 1
            ? new HpackException("The field block ends inside an integer.")
            : new HpackException("An integer is larger than 2^31-1 or longer than five octets.");
    }
}
