using Engine.Origins;

namespace Engine.Ingress;

/// <summary>One rule: which requests it takes and where they go.</summary>
/// <remarks>Immutable. It is its own <see cref="IOriginFeature"/>, so that a stream's features take it without an allocation.</remarks>
public sealed class IngressRule : IOriginFeature
{
    private readonly HostnamePattern _hostname;
    private readonly PathPattern? _path;

    internal IngressRule(int number, IngressRuleDefinition definition, HostnamePattern hostname, PathPattern? path, Origin origin)
    {
        Number = number;
        Hostname = string.IsNullOrEmpty(definition.Hostname) ? null : definition.Hostname;
        Path = string.IsNullOrEmpty(definition.Path) ? null : definition.Path;
        Origin = origin;
        Position = definition.Position;
        _hostname = hostname;
        _path = path;
    }

    /// <summary>The rule's place in the list, counted from 1.</summary>
    public int Number { get; }

    /// <summary>The hostname as written, or null for every name.</summary>
    public string? Hostname { get; }

    /// <summary>The regular expression as written, or null for every path.</summary>
    public string? Path { get; }

    /// <summary>Where matching requests go.</summary>
    public Origin Origin { get; }

    /// <summary>Where the rule stands in its file; zero when it came from none.</summary>
    public TextPosition Position { get; }

    /// <summary>Whether the rule takes every request.</summary>
    public bool IsCatchAll => _hostname.IsAny && _path is null;

    IngressRule IOriginFeature.Rule => this;

    internal PathPattern? PathPattern => _path;

    internal bool MatchesHost(ReadOnlySpan<byte> canonicalName) => _hostname.Matches(canonicalName);
}
