namespace Engine.Ingress.Re2;

/// <summary>RE2's flags that change what matches; <c>U</c> (laziness by default) does not.</summary>
[Flags]
internal enum Re2Flags
{
    None = 0,
    FoldCase = 1,
    MultiLine = 2,
    DotAll = 4,
}

/// <summary>What may stand after <c>(?</c>.</summary>
internal static class Re2Flag
{
    /// <summary>Reads a group's name or flags.</summary>
    /// <returns>False for <c>(?flags)</c>, which opens no group.</returns>
    public static bool ReadGroupStart(ref Re2Reader reader, ref Re2Flags flags)
    {
        if (reader.TryTake("P<") || (reader.StartsWith("<") && !reader.StartsWith("<=") && !reader.StartsWith("<!") && reader.TryTake('<')))
        {
            ReadName(ref reader);
            return true;
        }

        var result = flags;
        var isNegative = false;
        var any = false;
        while (true)
        {
            var character = reader.IsAtEnd ? -1 : reader.Take();
            switch (character)
            {
                case 'i' or 'm' or 's' or 'U':
                    var flag = character switch { 'i' => Re2Flags.FoldCase, 'm' => Re2Flags.MultiLine, 's' => Re2Flags.DotAll, _ => Re2Flags.None };
                    result = isNegative ? result & ~flag : result | flag;
                    any = true;
                    continue;
                case '-' when !isNegative:
                    isNegative = true;
                    any = false;
                    continue;
                case ':' or ')' when any || !isNegative:
                    if (character == ')' && !any)
                    {
                        // "(?)" sets nothing; RE2 lets it pass.
                        return false;
                    }

                    flags = result;
                    return character == ':';
                default:
                    throw reader.FaultAtLast("this kind of group is not known to RE2 (it has no look-around, atomic groups, conditions or comments).");
            }
        }
    }

    private static void ReadName(ref Re2Reader reader)
    {
        var length = 0;
        while (!reader.IsAtEnd)
        {
            var character = reader.Take();
            if (character == '>' && length > 0)
            {
                return;
            }

            if (!(character == '_' || (character < 0x80 && char.IsAsciiLetterOrDigit((char)character))))
            {
                break;
            }

            length++;
        }

        throw reader.FaultAtLast("a group's name is letters, digits and '_' between '<' and '>'.");
    }
}
