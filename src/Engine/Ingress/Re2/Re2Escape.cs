using System.Globalization;

namespace Engine.Ingress.Re2;

/// <summary>What stands after a backslash.</summary>
internal static class Re2Escape
{
    /// <summary>Takes a class: <c>\d \s \w</c>, a Unicode category, or the negation of one. RE2's first three know ASCII only.</summary>
    public static bool TryReadClass(ref Re2Reader reader, Re2Flags flags, out Re2Set set)
    {
        set = null!;
        switch (reader.PeekOrEnd())
        {
            case 'd' or 'D':
                set = new Re2Set().Add('0', '9');
                break;
            case 's' or 'S':
                // Without the vertical tab, which .NET's class has.
                set = new Re2Set().Add('\t', '\n').Add('\f', '\r').Add(' ', ' ');
                break;
            case 'w' or 'W':
                set = Word();
                break;
            case 'p' or 'P':
                set = Category(ref reader);
                set = (flags & Re2Flags.FoldCase) != 0 ? set.Folded() : set;
                return true;
            default:
                return false;
        }

        if (reader.Take() is 'D' or 'S' or 'W')
        {
            set = set.Negated();
        }

        return true;
    }

    /// <summary>The set of <c>\w</c>.</summary>
    public static Re2Set Word() => new Re2Set().Add('0', '9').Add('A', 'Z').Add('_', '_').Add('a', 'z');

    /// <summary>Takes an escape that stands for one character.</summary>
    /// <exception cref="Re2SyntaxException">RE2 knows no such escape.</exception>
    public static int ReadCharacter(ref Re2Reader reader)
    {
        if (reader.IsAtEnd)
        {
            throw reader.FaultAtLast("a backslash at the end escapes nothing.");
        }

        var character = reader.Take();
        switch (character)
        {
            case 'a': return '\a';
            case 'f': return '\f';
            case 'n': return '\n';
            case 'r': return '\r';
            case 't': return '\t';
            case 'v': return '\v';
            case 'x': return Hexadecimal(ref reader);
            case '0': return Octal(ref reader, 0);
            case >= '1' and <= '7' when reader.PeekOrEnd() is >= '0' and <= '7':
                return Octal(ref reader, character - '0');
            case >= '1' and <= '9':
                throw reader.FaultAtLast("RE2 has no references back to a group.");
            case < 0x80 when !char.IsAsciiLetterOrDigit((char)character):
                return character;
            default:
                throw reader.FaultAtLast($"RE2 knows no escape '\\{char.ConvertFromUtf32(character)}'.");
        }
    }

    /// <summary>Up to two more octal digits.</summary>
    private static int Octal(ref Re2Reader reader, int value)
    {
        for (var i = 0; i < 2 && reader.PeekOrEnd() is >= '0' and <= '7'; i++)
        {
            value = (value * 8) + reader.Take() - '0';
        }

        return value;
    }

    private static int Hexadecimal(ref Re2Reader reader)
    {
        var isBraced = reader.TryTake('{');
        var value = 0;
        var digits = 0;
        while (digits < (isBraced ? 8 : 2) && reader.PeekOrEnd() is var digit and >= 0 && char.IsAsciiHexDigit((char)digit))
        {
            value = Math.Min((value * 16) + int.Parse([(char)reader.Take()], NumberStyles.HexNumber, CultureInfo.InvariantCulture), 0x110000);
            digits++;
        }

        var isComplete = isBraced ? digits > 0 && reader.TryTake('}') : digits == 2;
        return isComplete && value <= 0x10FFFF && value is not (>= 0xD800 and <= 0xDFFF)
            ? value
            : throw reader.FaultAtLast("write a character as '\\x7F' or as '\\x{10FFFF}'.");
    }

    /// <summary><c>\pN</c>, <c>\p{Lu}</c>, <c>\PN</c>, <c>\p{^Lu}</c>.</summary>
    private static Re2Set Category(ref Re2Reader reader)
    {
        var isNegative = reader.Take() == 'P';
        string name;
        if (reader.TryTake('{'))
        {
            isNegative ^= reader.TryTake('^');
            name = "";
            while (!reader.TryTake('}'))
            {
                name += char.ConvertFromUtf32(reader.Take());
            }
        }
        else
        {
            name = char.ConvertFromUtf32(reader.Take());
        }

        var set = Re2Category.Named(name) ?? throw reader.FaultAtLast(
            $"'{name}' is not a general category of Unicode such as 'L', 'Lu' or 'Nd'; scripts are not supported here, so write the range, for example '[\\x{{370}}-\\x{{3FF}}]'.");
        return isNegative ? set.Negated() : set;
    }
}
