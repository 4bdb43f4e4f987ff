namespace Engine.Ingress.Re2;

/// <summary>A class in brackets.</summary>
internal static class Re2Class
{
    /// <summary>Reads up to the closing bracket; the opening one has been taken.</summary>
    /// <returns>The characters, with case already folded where the flags ask for it.</returns>
    public static Re2Set Read(ref Re2Reader reader, Re2Flags flags)
    {
        var set = new Re2Set();
        var isNegative = reader.TryTake('^');
        var isFirst = true;
        while (isFirst || !reader.TryTake(']'))
        {
            if (reader.IsAtEnd)
            {
                throw reader.Fault("a ']' is missing.");
            }

            isFirst = false;
            if (reader.StartsWith("[:") && TryReadNamed(ref reader, set))
            {
                continue;
            }

            if (reader.Peek() == '\\' && reader.PeekOrEnd(1) is 'd' or 'D' or 's' or 'S' or 'w' or 'W' or 'p' or 'P')
            {
                reader.Take();
                Re2Escape.TryReadClass(ref reader, flags, out var inner);
                set.Add(inner);
                continue;
            }

            ReadRange(ref reader, set);
        }

        // Case is folded before the class is negated: "(?i)[^a]" leaves out 'A' too.
        set = (flags & Re2Flags.FoldCase) != 0 ? set.Folded() : set;
        return isNegative ? set.Negated() : set;
    }

    private static void ReadRange(ref Re2Reader reader, Re2Set set)
    {
        var start = reader.Position;
        var low = ReadCharacter(ref reader);
        var high = low;
        if (reader.PeekOrEnd() == '-' && reader.PeekOrEnd(1) is not (']' or -1))
        {
            reader.Take();
            high = ReadCharacter(ref reader);
        }

        if (high < low)
        {
            reader.Rewind(start);
            throw reader.Fault("a range in a class runs from the lower character to the higher.");
        }

        set.Add(low, high);
    }

    private static int ReadCharacter(ref Re2Reader reader)
    {
        var character = reader.Take();
        return character == '\\' ? Re2Escape.ReadCharacter(ref reader) : character;
    }

    /// <summary><c>[:alpha:]</c> and its like: ASCII only.</summary>
    private static bool TryReadNamed(ref Re2Reader reader, Re2Set set)
    {
        var start = reader.Position;
        reader.TryTake("[:");
        var isNegative = reader.TryTake('^');
        var name = "";
        while (reader.PeekOrEnd() is var next and >= 0 && char.IsAsciiLetter((char)next))
        {
            name += (char)reader.Take();
        }

        if (!reader.TryTake(":]"))
        {
            reader.Rewind(start);
            return false;
        }

        if (Named(name) is not { } named)
        {
            reader.Rewind(start);
            throw reader.Fault($"there is no class '[:{name}:]'.");
        }

        set.Add(isNegative ? named.Negated() : named);
        return true;
    }

    private static Re2Set? Named(string name) => name switch
    {
        "alnum" => new Re2Set().Add('0', '9').Add('A', 'Z').Add('a', 'z'),
        "alpha" => new Re2Set().Add('A', 'Z').Add('a', 'z'),
        "ascii" => new Re2Set().Add(0, 0x7F),
        "blank" => new Re2Set().Add('\t', '\t').Add(' ', ' '),
        "cntrl" => new Re2Set().Add(0, 0x1F).Add(0x7F, 0x7F),
        "digit" => new Re2Set().Add('0', '9'),
        "graph" => new Re2Set().Add('!', '~'),
        "lower" => new Re2Set().Add('a', 'z'),
        "print" => new Re2Set().Add(' ', '~'),
        "punct" => new Re2Set().Add('!', '/').Add(':', '@').Add('[', '`').Add('{', '~'),
        "space" => new Re2Set().Add('\t', '\r').Add(' ', ' '),
        "upper" => new Re2Set().Add('A', 'Z'),
        "word" => Re2Escape.Word(),
        "xdigit" => new Re2Set().Add('0', '9').Add('A', 'F').Add('a', 'f'),
        _ => null,
    };
}
