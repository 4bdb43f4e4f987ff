namespace Engine.Ingress.Re2;

/// <summary>Walks an expression by characters (not by UTF-16 units).</summary>
internal ref struct Re2Reader(string text)
{
    private readonly string _text = text;
    private int _position;
    private int _last;

    public readonly bool IsAtEnd => _position >= _text.Length;

    public readonly int Position => _position;

    public readonly char Peek() => _text[_position];

    /// <summary>The next unit, or -1.</summary>
    public readonly int PeekOrEnd(int ahead = 0) => _position + ahead < _text.Length ? _text[_position + ahead] : -1;

    public readonly bool StartsWith(string prefix) => _text.AsSpan(_position).StartsWith(prefix, StringComparison.Ordinal);

    /// <summary>Takes one character.</summary>
    /// <exception cref="Re2SyntaxException">There is none, or it is half a surrogate pair.</exception>
    public int Take()
    {
        _last = _position;
        if (IsAtEnd)
        {
            throw Fault("the expression ends too early.");
        }

        if (!System.Text.Rune.TryGetRuneAt(_text, _position, out var rune))
        {
            throw Fault("half a surrogate pair is no character.");
        }

        _position += rune.Utf16SequenceLength;
        return rune.Value;
    }

    public bool TryTake(char expected)
    {
        if (PeekOrEnd() != expected)
        {
            return false;
        }

        _last = _position++;
        return true;
    }

    public bool TryTake(string expected)
    {
        if (!StartsWith(expected))
        {
            return false;
        }

        _last = _position;
        _position += expected.Length;
        return true;
    }

    /// <summary>Takes <c>\Q…\E</c>; without <c>\E</c> it reaches to the end.</summary>
    public bool TryTakeLiteralSpan(out string literal)
    {
        literal = "";
        if (!TryTake("\\Q"))
        {
            return false;
        }

        var end = _text.IndexOf("\\E", _position, StringComparison.Ordinal);
        literal = end < 0 ? _text[_position..] : _text[_position..end];
        _position = end < 0 ? _text.Length : end + 2;
        return true;
    }

    /// <summary>Goes back to <paramref name="position"/>.</summary>
    public void Rewind(int position) => _position = position;

    /// <summary>A fault at the place that comes next.</summary>
    public readonly Re2SyntaxException Fault(string message) => new(message, _position);

    /// <summary>A fault at what was taken last.</summary>
    public readonly Re2SyntaxException FaultAtLast(string message) => new(message, _last);
}
