using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;
using Engine.Ingress.Re2;

namespace Engine.Ingress;

/// <summary>A rule's regular expression: RE2's syntax and meaning, run by .NET's non-backtracking engine.</summary>
internal sealed class PathPattern
{
    private const int StackPath = 512;

    private readonly Regex _expression;
    private readonly bool _hasWordBoundary;

    private PathPattern(Regex expression, bool hasWordBoundary)
    {
        _expression = expression;
        _hasWordBoundary = hasWordBoundary;
    }

    public static bool TryParse(string pattern, [NotNullWhen(true)] out PathPattern? result, [NotNullWhen(false)] out string? error)
    {
        result = null;
        error = null;
        try
        {
            var translated = Re2Translator.Translate(pattern, out var hasWordBoundary);
            var expression = new Regex(translated, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            result = new PathPattern(expression, hasWordBoundary);
            return true;
        }
        catch (Re2SyntaxException exception)
        {
            error = exception.Position < 0
                ? $"path '{pattern}': {exception.Message}"
                : $"path '{pattern}', character {exception.Position + 1}: {exception.Message}";
        }
        catch (Exception exception) when (exception is NotSupportedException or ArgumentException)
        {
            error = $"path '{pattern}' is too large for the regular-expression engine; make it shorter.";
        }

        return false;
    }

    /// <summary>Whether the expression is found anywhere in the path.</summary>
    public bool IsMatch(ReadOnlySpan<char> path) =>
        _hasWordBoundary && path.ContainsAnyExceptInRange('\0', '\x7F') ? IsMatchAscii(path) : _expression.IsMatch(path);

    /// <summary>
    /// RE2's word boundary knows the words of ASCII only; .NET's knows letters of every script. An expression with a boundary
    /// mentions nothing outside ASCII (the translator sees to that), so each such character may stand as one that is no letter.
    /// </summary>
    private bool IsMatchAscii(ReadOnlySpan<char> path)
    {
        var copy = path.Length <= StackPath ? stackalloc char[StackPath] : new char[path.Length];
        var length = 0;
        foreach (var character in path)
        {
            if (char.IsLowSurrogate(character))
            {
                continue;
            }

            copy[length++] = character < 0x80 ? character : '\uFFFD';
        }

        return _expression.IsMatch(copy[..length]);
    }
}
