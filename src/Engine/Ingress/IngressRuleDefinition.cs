using Engine.Origins;

namespace Engine.Ingress;

/// <summary>A rule as it was written, before it is checked.</summary>
public sealed record IngressRuleDefinition
{
    /// <summary>An exact name, <c>*.</c> and a suffix, or null, empty or <c>*</c> for every name.</summary>
    public string? Hostname { get; init; }

    /// <summary>A regular expression in RE2's syntax, searched for in the path; null or empty for every path.</summary>
    public string? Path { get; init; }

    /// <summary>Where matching requests go.</summary>
    public required string Service { get; init; }

    /// <summary>How the origin is reached.</summary>
    public OriginOptions Options { get; init; } = OriginOptions.Default;

    /// <summary>Where the rule begins.</summary>
    public TextPosition Position { get; init; }

    /// <summary>Where the hostname stands; the rule's own place when not set.</summary>
    public TextPosition HostnamePosition { get; init; }

    /// <summary>Where the path stands; the rule's own place when not set.</summary>
    public TextPosition PathPosition { get; init; }

    /// <summary>Where the service stands; the rule's own place when not set.</summary>
    public TextPosition ServicePosition { get; init; }
}
