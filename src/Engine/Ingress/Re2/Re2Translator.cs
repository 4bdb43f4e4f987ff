using System.Text;

namespace Engine.Ingress.Re2;

/// <summary>Rewrites an expression of RE2's syntax (as Go reads it) into one that means the same to .NET.</summary>
/// <remarks>
/// Nothing of the original text is copied: every atom is parsed and written anew, so that no construct that only .NET knows
/// can slip through. Only whether there is a match matters, so groups capture nothing and laziness is dropped. .NET counts
/// UTF-16 units and RE2 characters; sets are written so that a pair of surrogates counts as one.
/// </remarks>
internal ref struct Re2Translator
{
    /// <summary>RE2's limit on a repeat count, and on the product of nested ones.</summary>
    private const int MaxRepeat = 1000;

    /// <summary>Keeps a hostile expression from exhausting the stack.</summary>
    private const int MaxDepth = 200;

    private const int MaxLength = 16 * 1024;

    private readonly StringBuilder _output = new();
    private Re2Reader _reader;
    private Re2Flags _flags;
    private bool _hasBoundary;
    private bool _mentionsNonAscii;
    private int _depth;

    private Re2Translator(string pattern) => _reader = new Re2Reader(pattern);

    /// <summary>Translates.</summary>
    /// <param name="pattern">RE2's syntax.</param>
    /// <param name="hasWordBoundary">Whether <c>\b</c> or <c>\B</c> occurs: see <see cref="PathPattern"/>.</param>
    /// <exception cref="Re2SyntaxException">RE2 refuses it, or .NET has no equal.</exception>
    public static string Translate(string pattern, out bool hasWordBoundary)
    {
        if (pattern.Length > MaxLength)
        {
            throw new Re2SyntaxException($"the expression is longer than {MaxLength} characters.", -1);
        }

        var translator = new Re2Translator(pattern);
        translator.Alternation();
        if (!translator._reader.IsAtEnd)
        {
            throw translator._reader.Fault("a ')' that closes nothing; write '\\)' for the character.");
        }

        if (translator._hasBoundary && translator._mentionsNonAscii)
        {
            throw new Re2SyntaxException("'\\b' and '\\B' beside characters outside ASCII are not supported; write the boundary as a class such as '[^a-z]'.", -1);
        }

        hasWordBoundary = translator._hasBoundary;
        return translator._output.ToString();
    }

    /// <summary>Reads up to the end or the ')' of the group that holds it.</summary>
    /// <returns>The largest product of repeat counts inside.</returns>
    private int Alternation()
    {
        var repeat = 1;
        while (true)
        {
            repeat = Math.Max(repeat, Concatenation());
            if (!_reader.TryTake('|'))
            {
                return repeat;
            }

            _output.Append('|');
        }
    }

    private int Concatenation()
    {
        var largest = 1;
        var start = -1;
        var inner = 1;
        while (!_reader.IsAtEnd && _reader.Peek() is not ('|' or ')'))
        {
            if (_reader.TryTakeLiteralSpan(out var literal))
            {
                start = literal.Length == 0 ? start : LiteralSpan(literal);
                inner = literal.Length == 0 ? inner : 1;
            }
            else
            {
                var next = _output.Length;
                if (Atom(out var count))
                {
                    (start, inner) = (next, count);
                }
            }

            // After "(?i)" and "\Q\E", which stand for nothing, a repetition is of what stands before them.
            inner = Repetition(start, inner);
            largest = Math.Max(largest, inner);
        }

        return largest;
    }

    /// <summary><c>\Q…\E</c>: a repetition after it is of its last character, whose place is returned.</summary>
    private int LiteralSpan(string literal)
    {
        var start = _output.Length;
        foreach (var rune in literal.EnumerateRunes())
        {
            start = _output.Length;
            Set(Re2Set.Of(rune.Value));
        }

        return start;
    }

    /// <returns>False for what cannot be repeated: a flag setting.</returns>
    private bool Atom(out int repeat)
    {
        repeat = 1;
        var character = _reader.Take();
        switch (character)
        {
            case '*' or '+' or '?':
                throw NothingToRepeat((char)character);
            case '{' when Re2Repeat.IsOne(_reader):
                throw NothingToRepeat('{');
            case '(':
                return Group(out repeat);
            case '[':
                Set(Re2Class.Read(ref _reader, _flags), folded: true);
                return true;
            case '.':
                Set((_flags & Re2Flags.DotAll) != 0 ? Re2Set.Everything() : Re2Set.Of('\n').Negated(), folded: true);
                return true;
            case '^':
                _output.Append((_flags & Re2Flags.MultiLine) != 0 ? "(?m:^)" : "(?:\\A)");
                return true;
            case '$':
                // Without (?m) .NET's '$' also matches before a last line feed; RE2's does not.
                _output.Append((_flags & Re2Flags.MultiLine) != 0 ? "(?m:$)" : "(?:\\z)");
                return true;
            case '\\':
                Escape();
                return true;
            default:
                Set(Re2Set.Of(character));
                return true;
        }
    }

    private void Escape()
    {
        switch (_reader.PeekOrEnd())
        {
            case 'A' or 'z':
                _output.Append("(?:\\").Append((char)_reader.Take()).Append(')');
                return;
            case 'b' or 'B':
                _hasBoundary = true;
                _output.Append("(?:\\").Append((char)_reader.Take()).Append(')');
                return;
        }

        if (Re2Escape.TryReadClass(ref _reader, _flags, out var set))
        {
            Set(set, folded: true);
        }
        else
        {
            Set(Re2Set.Of(Re2Escape.ReadCharacter(ref _reader)));
        }
    }

    private bool Group(out int repeat)
    {
        repeat = 1;
        var outer = _flags;
        if (_reader.TryTake('?') && !Re2Flag.ReadGroupStart(ref _reader, ref _flags))
        {
            return false;
        }

        if (++_depth > MaxDepth)
        {
            throw _reader.FaultAtLast($"groups are nested deeper than {MaxDepth}.");
        }

        _output.Append("(?:");
        repeat = Alternation();
        if (!_reader.TryTake(')'))
        {
            throw _reader.Fault("a ')' is missing.");
        }

        _output.Append(')');
        _depth--;
        _flags = outer;
        return true;
    }

    /// <summary>Takes a repetition of what stands at the output from <paramref name="start"/> on, if one follows.</summary>
    private int Repetition(int start, int inner)
    {
        if (!Re2Repeat.TryRead(ref _reader, out var repeat))
        {
            return inner;
        }

        if (start < 0)
        {
            throw NothingToRepeat(repeat.Text[0]);
        }

        var product = (long)inner * Math.Max(1, repeat.Count);
        if (product > MaxRepeat)
        {
            throw _reader.FaultAtLast($"repeat counts, multiplied through the groups that hold them, exceed {MaxRepeat}.");
        }

        _output.Insert(start, "(?:").Append(')').Append(repeat.Text);
        return (int)product;
    }

    private readonly Re2SyntaxException NothingToRepeat(char character) =>
        _reader.FaultAtLast($"'{character}' has nothing before it to repeat; write '\\{character}' for the character.");

    private void Set(Re2Set set, bool folded = false)
    {
        set = !folded && (_flags & Re2Flags.FoldCase) != 0 ? set.Folded() : set;
        _mentionsNonAscii |= set.MentionsNonAscii;
        set.AppendTo(_output);
    }
}
