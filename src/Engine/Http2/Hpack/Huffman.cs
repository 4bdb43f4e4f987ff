using System.Buffers.Binary;

namespace Engine.Http2.Hpack;

/// <summary>Huffman-coded string literals (RFC 7541 §5.2).</summary>
internal static class Huffman
{
    // 10 bits hold every code up to '!' '"' '(' ')' '?': one look-up for all that fields are commonly made of, in 2 KiB.
    private const int FastBits = 10;

    // Length of the code in the high octet, symbol in the low one; zero where a code is longer than FastBits.
    private static readonly ushort[] Fast = BuildFast();

    /// <summary>The most octets that <paramref name="codedLength"/> octets can decode to.</summary>
    public static int MaxDecodedLength(int codedLength) => checked((int)((long)codedLength * 8 / HuffmanCode.MinLength));

    /// <summary>Decodes a string into <paramref name="destination"/>, which has room for <see cref="MaxDecodedLength"/>.</summary>
    /// <returns>The decoded length.</returns>
    /// <exception cref="HpackException">EOS is in the string, or its padding is not the 0 to 7 leading bits of EOS.</exception>
    public static int Decode(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        var window = 0ul; // the next bits, left-aligned, zeros behind them
        var bits = 0;
        var written = 0;
        while (true)
        {
            while (bits <= 56 && source.Length > 0)
            {
                window |= (ulong)source[0] << (56 - bits);
                source = source[1..];
                bits += 8;
            }

            var entry = Fast[window >> (64 - FastBits)];
            var length = entry >> 8;
            var symbol = entry & 0xFF;
            if (length == 0)
            {
                (length, symbol) = FindLong((uint)(window >> (64 - HuffmanCode.MaxLength)));
            }

            if (length > bits)
            {
                return IsPadding(window, bits) ? written : throw new HpackException("A Huffman-coded string is not padded with the leading bits of EOS.");
            }

            if (symbol == HuffmanCode.EndOfString)
            {
                throw new HpackException("A Huffman-coded string has EOS in it.");
            }

            destination[written++] = (byte)symbol;
            window <<= length;
            bits -= length;
        }
    }

    /// <summary>The length of <paramref name="source"/> when coded, in octets.</summary>
    public static int EncodedLength(ReadOnlySpan<byte> source)
    {
        var lengths = HuffmanCode.Lengths;
        var bits = 0L;
        foreach (var octet in source)
        {
            bits += lengths[octet];
        }

        return (int)((bits + 7) / 8);
    }

    /// <summary>Codes a string into exactly <see cref="EncodedLength"/> octets.</summary>
    public static void Encode(ReadOnlySpan<byte> source, Span<byte> destination)
    {
        var lengths = HuffmanCode.Lengths;
        var codes = HuffmanCode.Codes;
        var window = 0ul; // right-aligned: fewer than 32 bits wait between symbols, so that the longest code fits
        var bits = 0;
        foreach (var octet in source)
        {
            window = (window << lengths[octet]) | codes[octet];
            bits += lengths[octet];
            if (bits >= 32)
            {
                bits -= 32;
                BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)(window >> bits));
                destination = destination[4..];
            }
        }

        for (; bits >= 8; destination = destination[1..])
        {
            bits -= 8;
            destination[0] = (byte)(window >> bits);
        }

        if (bits > 0)
        {
            destination[0] = (byte)((window << (8 - bits)) | (0xFFu >> bits));
        }
    }

    /// <summary>Whether what is left is shorter than an octet and all ones.</summary>
    private static bool IsPadding(ulong window, int bits) => bits < 8 && window == ~(ulong.MaxValue >> bits);

    private static (int Length, int Symbol) FindLong(uint code)
    {
        for (var length = FastBits + 1; ; length++)
        {
            var range = HuffmanCode.Ranges[length];
            var distance = (code >> (HuffmanCode.MaxLength - length)) - range.First;
            if (distance < range.Count)
            {
                return (length, HuffmanCode.SymbolsByCode[range.Offset + (int)distance]);
            }
        }
    }

    private static ushort[] BuildFast()
    {
        var fast = new ushort[1 << FastBits];
        for (var symbol = 0; symbol < HuffmanCode.EndOfString; symbol++)
        {
            var length = HuffmanCode.Lengths[symbol];
            if (length <= FastBits)
            {
                var first = (int)HuffmanCode.Codes[symbol] << (FastBits - length);
                fast.AsSpan(first, 1 << (FastBits - length)).Fill((ushort)((length << 8) | symbol));
            }
        }

        return fast;
    }
}
