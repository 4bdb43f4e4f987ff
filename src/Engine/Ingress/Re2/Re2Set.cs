using System.Globalization;
using System.Text;

namespace Engine.Ingress.Re2;

/// <summary>A set of characters as ranges of code points.</summary>
internal sealed class Re2Set
{
    /// <summary>The last character there is.</summary>
    public const int Last = 0x10FFFF;

    /// <summary>Above it no character has a case (Adlam's end there).</summary>
    private const int LastWithCase = 0x1E943;

    private const int LongS = 0x17F;
    private const int KelvinSign = 0x212A;
    private const int AngstromSign = 0x212B;

    private List<(int Low, int High)> _ranges = [];

    public static Re2Set Of(int character) => new Re2Set().Add(character, character);

    public static Re2Set Everything() => new Re2Set().Add(0, Last);

    public bool IsEmpty => _ranges.Count == 0;

    /// <summary>Whether a character outside ASCII is treated unlike another one outside ASCII.</summary>
    public bool MentionsNonAscii
    {
        get
        {
            Normalize();
            var isUniform = _ranges.Count == 0 || _ranges[^1].High < 0x80 || (_ranges[^1].High == Last && _ranges[^1].Low <= 0x80);
            return !isUniform;
        }
    }

    public Re2Set Add(int low, int high)
    {
        _ranges.Add((low, high));
        return this;
    }

    public void Add(Re2Set other) => _ranges.AddRange(other._ranges);

    public Re2Set Negated()
    {
        Normalize();
        var result = new Re2Set();
        var next = 0;
        foreach (var (low, high) in _ranges)
        {
            if (low > next)
            {
                result.Add(next, low - 1);
            }

            next = high + 1;
        }

        return next <= Last ? result.Add(next, Last) : result;
    }

    /// <summary>The set with every character that differs from one of its own in case only.</summary>
    public Re2Set Folded()
    {
        Normalize();
        var isAscii = _ranges.Count == 0 || _ranges[^1].High < 0x80;
        var keys = new HashSet<int>();
        foreach (var (low, high) in _ranges)
        {
            for (var character = low; character <= Math.Min(high, LastWithCase); character++)
            {
                keys.Add(FoldKey(character));
            }
        }

        var result = new Re2Set();
        result.Add(this);
        for (var character = 0; character <= (isAscii ? 0x7F : LastWithCase); character++)
        {
            if (keys.Contains(FoldKey(character)))
            {
                result.Add(character, character);
            }
        }

        // The two letters outside ASCII that fold to ASCII.
        foreach (var character in (ReadOnlySpan<int>)[LongS, KelvinSign])
        {
            if (keys.Contains(FoldKey(character)))
            {
                result.Add(character, character);
            }
        }

        return result;
    }

    /// <summary>Writes the set as an expression that takes exactly one character of it, be it one UTF-16 unit or two.</summary>
    public void AppendTo(StringBuilder output)
    {
        Normalize();
        if (_ranges is [var (low, high)] && low == high && low < 0x80 && char.IsAsciiLetterOrDigit((char)low))
        {
            output.Append((char)low);
            return;
        }

        var units = new StringBuilder();
        var pairs = new StringBuilder();
        foreach (var range in _ranges)
        {
            AppendUnits(units, range.Low, Math.Min(range.High, 0xD7FF));
            AppendUnits(units, Math.Max(range.Low, 0xE000), Math.Min(range.High, 0xFFFF));
            AppendPairs(pairs, Math.Max(range.Low, 0x10000), range.High);
        }

        if (pairs.Length == 0)
        {
            // An empty set matches nothing: neither a white-space character nor another one.
            output.Append(units.Length == 0 ? "[^\\s\\S]" : $"[{units}]");
            return;
        }

        output.Append("(?:");
        if (units.Length > 0)
        {
            output.Append('[').Append(units).Append("]|");
        }

        output.Append(pairs, 0, pairs.Length - 1).Append(')');
    }

    private static void AppendUnits(StringBuilder output, int low, int high)
    {
        if (low <= high)
        {
            output.Append(CultureInfo.InvariantCulture, $"\\u{low:X4}-\\u{high:X4}");
        }
    }

    /// <summary>A range above the basic plane, cut where the high surrogate changes, each piece followed by '|'.</summary>
    private static void AppendPairs(StringBuilder output, int low, int high)
    {
        while (low <= high)
        {
            var (first, firstLow) = Surrogates(low);
            var (last, lastLow) = Surrogates(high);
            var isWholeRun = firstLow == 0xDC00 && (last > first || lastLow == 0xDFFF);
            var to = isWholeRun ? (lastLow == 0xDFFF ? last : last - 1) : first;
            var toLow = isWholeRun || last > first ? 0xDFFF : lastLow;
            output.Append(CultureInfo.InvariantCulture, $"[\\u{first:X4}-\\u{to:X4}][\\u{firstLow:X4}-\\u{toLow:X4}]|");
            low = 0x10000 + ((to - 0xD800) << 10) + (toLow - 0xDC00) + 1;
        }
    }

    private static (int High, int Low) Surrogates(int character) =>
        (0xD800 + ((character - 0x10000) >> 10), 0xDC00 + ((character - 0x10000) & 0x3FF));

    /// <summary>What all characters have in common that differ in case only: three of them, as with the two small sigmas, too.</summary>
    private static int FoldKey(int character) => character switch
    {
        < 'A' => character,
        LongS => 's',
        KelvinSign => 'k',
        AngstromSign => 0xE5,
        >= 0xD800 and <= 0xDFFF => character,
        _ => Rune.ToLowerInvariant(Rune.ToUpperInvariant(new Rune(character))).Value,
    };

    private void Normalize()
    {
        _ranges.Sort();
        var merged = new List<(int Low, int High)>(_ranges.Count);
        foreach (var range in _ranges)
        {
            if (merged.Count > 0 && range.Low <= merged[^1].High + 1)
            {
                merged[^1] = (merged[^1].Low, Math.Max(merged[^1].High, range.High));
            }
            else
            {
                merged.Add(range);
            }
        }

        _ranges = merged;
    }
}
