namespace Engine.Http2.Hpack;

/// <summary>The code of RFC 7541 Appendix B, derived from its lengths.</summary>
/// <remarks>
/// The code is canonical: codes of one length are consecutive and in the order of their symbols, and the first of a length continues where
/// the length before it ended. So the lengths say everything, and the tables are made from them once.
/// </remarks>
internal static class HuffmanCode
{
    /// <summary>The longest code, that of EOS and three octets.</summary>
    public const int MaxLength = 30;

    /// <summary>The shortest code: what bounds how far a decoded string can be longer than its coded form.</summary>
    public const int MinLength = 5;

    /// <summary>The symbol that ends a string. It is never sent; its leading ones are the padding (§5.2).</summary>
    public const int EndOfString = 256;

    private const int SymbolCount = 257;

    /// <summary>The length of each symbol's code, in bits.</summary>
    public static ReadOnlySpan<byte> Lengths =>
    [
        13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, // control
        28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
        6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,         //   ! " # $ % & ' ( ) * + , - . /
        5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,              // 0 1 2 3 4 5 6 7 8 9 : ; < = > ?
        13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,                // @ A B C D E F G H I J K L M N O
        7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,             // P Q R S T U V W X Y Z [ \ ] ^ _
        15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5,                // ` a b c d e f g h i j k l m n o
        6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,            // p q r s t u v w x y z { | } ~ DEL
        20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23, // 0x80
        24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
        22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, // 0xA0
        21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
        26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, // 0xC0
        19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
        20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, // 0xE0
        26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
        30,                                                             // EOS
    ];

    /// <summary>The code of each symbol, in its low bits.</summary>
    public static readonly uint[] Codes = new uint[SymbolCount];

    /// <summary>All symbols, ordered by code.</summary>
    public static readonly ushort[] SymbolsByCode = new ushort[SymbolCount];

    /// <summary>For each length: its first code, how many codes it has, and where they begin in <see cref="SymbolsByCode"/>.</summary>
    public static readonly (uint First, uint Count, int Offset)[] Ranges = new (uint, uint, int)[MaxLength + 1];

    static HuffmanCode()
    {
        var code = 0u;
        var position = 0;
        for (var length = MinLength; length <= MaxLength; length++)
        {
            var first = code;
            var offset = position;
            for (var symbol = 0; symbol < SymbolCount; symbol++)
            {
                if (Lengths[symbol] == length)
                {
                    Codes[symbol] = code++;
                    SymbolsByCode[position++] = (ushort)symbol;
                }
            }

            Ranges[length] = (first, code - first, offset);
            code <<= 1;
        }
    }
}
