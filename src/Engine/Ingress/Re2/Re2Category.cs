using System.Globalization;

namespace Engine.Ingress.Re2;

/// <summary>Unicode's general categories as sets.</summary>
internal static class Re2Category
{
    /// <summary>The general category of Unicode called <paramref name="name"/>, or null.</summary>
    public static Re2Set? Named(string name)
    {
        if (name == "Any")
        {
            return Re2Set.Everything();
        }

        var result = new Re2Set();
        var start = -1;
        for (var character = 0; character <= Re2Set.Last + 1; character++)
        {
            var isIn = character <= Re2Set.Last && Abbreviation(CharUnicodeInfo.GetUnicodeCategory(character)).StartsWith(name, StringComparison.Ordinal);
            if (isIn && start < 0)
            {
                start = character;
            }
            else if (!isIn && start >= 0)
            {
                result.Add(start, character - 1);
                start = -1;
            }
        }

        return name.Length is 1 or 2 && !result.IsEmpty ? result : null;
    }

    private static string Abbreviation(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter => "Lu",
        UnicodeCategory.LowercaseLetter => "Ll",
        UnicodeCategory.TitlecaseLetter => "Lt",
        UnicodeCategory.ModifierLetter => "Lm",
        UnicodeCategory.OtherLetter => "Lo",
        UnicodeCategory.NonSpacingMark => "Mn",
        UnicodeCategory.SpacingCombiningMark => "Mc",
        UnicodeCategory.EnclosingMark => "Me",
        UnicodeCategory.DecimalDigitNumber => "Nd",
        UnicodeCategory.LetterNumber => "Nl",
        UnicodeCategory.OtherNumber => "No",
        UnicodeCategory.SpaceSeparator => "Zs",
        UnicodeCategory.LineSeparator => "Zl",
        UnicodeCategory.ParagraphSeparator => "Zp",
        UnicodeCategory.Control => "Cc",
        UnicodeCategory.Format => "Cf",
        UnicodeCategory.Surrogate => "Cs",
        UnicodeCategory.PrivateUse => "Co",
        UnicodeCategory.ConnectorPunctuation => "Pc",
        UnicodeCategory.DashPunctuation => "Pd",
        UnicodeCategory.OpenPunctuation => "Ps",
        UnicodeCategory.ClosePunctuation => "Pe",
        UnicodeCategory.InitialQuotePunctuation => "Pi",
        UnicodeCategory.FinalQuotePunctuation => "Pf",
        UnicodeCategory.OtherPunctuation => "Po",
        UnicodeCategory.MathSymbol => "Sm",
        UnicodeCategory.CurrencySymbol => "Sc",
        UnicodeCategory.ModifierSymbol => "Sk",
        UnicodeCategory.OtherSymbol => "So",
        _ => "Cn",
    };
}
