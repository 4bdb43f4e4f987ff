using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Engine.Ingress;

/// <summary>Ordered rules of which the first that matches decides; the last one takes everything.</summary>
/// <remarks>Immutable and safe on any thread; a reload is a new list.</remarks>
public sealed class IngressRules
{
    /// <summary>Longer paths are decoded in a rented buffer instead of on the stack.</summary>
    private const int StackPath = 512;

    private readonly IngressRule[] _rules;

    internal IngressRules(IngressRule[] rules) => _rules = rules;

    /// <summary>The rules in their order.</summary>
    public IReadOnlyList<IngressRule> Rules => _rules;

    /// <summary>Checks definitions and makes rules of them.</summary>
    /// <param name="definitions">The rules as written.</param>
    /// <param name="rules">The rules, when nothing is wrong.</param>
    /// <param name="faults">Everything that is wrong, in the order of the rules; empty when nothing is.</param>
    public static bool TryCreate(
        IReadOnlyList<IngressRuleDefinition> definitions,
        [NotNullWhen(true)] out IngressRules? rules,
        out IReadOnlyList<ConfigurationFault> faults)
    {
        ArgumentNullException.ThrowIfNull(definitions);
        rules = IngressRulesFactory.Create(definitions, out faults);
        return rules is not null;
    }

    /// <summary>The rule that a request falls to.</summary>
    /// <param name="authority">Host and port, as in <c>Host</c> and <c>:authority</c>.</param>
    /// <param name="target">Path and query as they came.</param>
    /// <returns>
    /// Null when the request has to be refused (400): its authority is no host name, or its path has two readings that fall to
    /// different rules.
    /// </returns>
    public IngressRule? Match(ReadOnlySpan<byte> authority, ReadOnlySpan<byte> target)
    {
        Span<byte> buffer = stackalloc byte[CanonicalName.MaxLength];
        if (!CanonicalName.TryWrite(authority, buffer, out var length))
        {
            return null;
        }

        var name = buffer[..length];
        for (var i = 0; i < _rules.Length; i++)
        {
            if (_rules[i].MatchesHost(name))
            {
                // The path is decoded only where a rule asks for it.
                return _rules[i].PathPattern is null ? _rules[i] : MatchPath(i, name, target);
            }
        }

        return null;
    }

    private IngressRule? MatchPath(int first, ReadOnlySpan<byte> name, ReadOnlySpan<byte> target)
    {
        if (target.Length <= StackPath)
        {
            // One character more than the target: an empty path is matched as "/".
            return MatchPath(first, name, target, stackalloc byte[StackPath + 1], stackalloc char[StackPath + 1]);
        }

        var octets = ArrayPool<byte>.Shared.Rent(target.Length + 1);
        var characters = ArrayPool<char>.Shared.Rent(target.Length + 1);
        try
        {
            return MatchPath(first, name, target, octets, characters);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(octets);
            ArrayPool<char>.Shared.Return(characters);
        }
    }

    private IngressRule? MatchPath(int first, ReadOnlySpan<byte> name, ReadOnlySpan<byte> target, Span<byte> octets, Span<char> characters)
    {
        if (!CanonicalPath.TryWrite(target, lenient: false, octets, characters, out var length))
        {
            return null;
        }

        var strict = FirstMatch(first, name, characters[..length]);
        if (!CanonicalPath.MayBeReadTwoWays(target))
        {
            return strict;
        }

        return CanonicalPath.TryWrite(target, lenient: true, octets, characters, out length)
            && ReferenceEquals(strict, FirstMatch(first, name, characters[..length]))
            ? strict
            : null;
    }

    private IngressRule? FirstMatch(int first, ReadOnlySpan<byte> name, ReadOnlySpan<char> path)
    {
        for (var i = first; i < _rules.Length; i++)
        {
            if (_rules[i].MatchesHost(name) && (_rules[i].PathPattern is not { } pattern || pattern.IsMatch(path)))
            {
                return _rules[i];
            }
        }

        return null;
    }
}
