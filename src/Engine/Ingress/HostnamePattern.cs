using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Engine.Ingress;

/// <summary>The names that a rule takes: all, one, or every name below a suffix.</summary>
internal readonly struct HostnamePattern
{
    private readonly byte[]? _name;
    private readonly bool _isSuffix;

    private HostnamePattern(byte[] name, bool isSuffix)
    {
        _name = name;
        _isSuffix = isSuffix;
    }

    /// <summary>Whether every name is taken.</summary>
    public bool IsAny => _name is null;

    /// <summary>Compares with a name that <see cref="CanonicalName"/> wrote.</summary>
    public bool Matches(ReadOnlySpan<byte> canonicalName)
    {
        if (_name is null)
        {
            return true;
        }

        // The suffix keeps its dot, so that "*.example.com" takes several labels too and leaves "example.com" alone.
        return _isSuffix
            ? canonicalName.Length > _name.Length && canonicalName.EndsWith(_name)
            : canonicalName.SequenceEqual(_name);
    }

    public static bool TryParse(string? hostname, out HostnamePattern pattern, [NotNullWhen(false)] out string? error)
    {
        pattern = default;
        error = null;
        if (string.IsNullOrEmpty(hostname) || hostname == "*")
        {
            return true;
        }

        var isSuffix = hostname.StartsWith("*.", StringComparison.Ordinal);
        var name = isSuffix ? hostname[2..] : hostname;
        if (name.Contains('*', StringComparison.Ordinal))
        {
            error = $"hostname '{hostname}': a '*' stands for the whole first label and nothing else; write '*.example.com', or '*' alone for every name.";
            return false;
        }

        if (name.Contains(':', StringComparison.Ordinal))
        {
            error = $"hostname '{hostname}' has a port; rules match names on every port, so write the name alone.";
            return false;
        }

        if (CanonicalName.FromText(name) is not { } canonical)
        {
            error = $"hostname '{hostname}' is not a host name; write labels of letters, digits, '-' and '_' with dots between them.";
            return false;
        }

        pattern = new HostnamePattern(Encoding.ASCII.GetBytes(isSuffix ? "." + canonical : canonical), isSuffix);
        return true;
    }
}
