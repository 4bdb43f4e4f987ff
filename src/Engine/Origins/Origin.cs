using System.Diagnostics.CodeAnalysis;
using System.Net;

namespace Engine.Origins;

/// <summary>The local service behind a rule: where it is and how to reach it. Its scheme picks the handler.</summary>
/// <remarks>Immutable; shared by every stream of a rule, and fit to be the key of a pool.</remarks>
public sealed class Origin
{
    internal Origin(string service, string scheme, OriginOptions options)
    {
        Service = service;
        Scheme = scheme;
        Options = options;
    }

    /// <summary>The service as it was written.</summary>
    public string Service { get; }

    /// <summary>One of <see cref="OriginScheme"/>, or another one in lower case, for a handler of one's own; without one that is TCP.</summary>
    public string Scheme { get; }

    /// <summary>Host name or address and port, or the path of a socket; null where no connection is made or the visitor names the place.</summary>
    public EndPoint? EndPoint { get; internal init; }

    /// <summary>The host as written, without port and brackets; null for services that have none.</summary>
    public string? Host { get; internal init; }

    /// <summary>Whether the connection is wrapped in TLS.</summary>
    public bool IsTls { get; internal init; }

    /// <summary>The status of an <c>http_status</c> service.</summary>
    public int? FixedStatus { get; internal init; }

    /// <summary>How it is reached.</summary>
    public OriginOptions Options { get; }

    /// <summary>Reads a service.</summary>
    /// <param name="service">For example <c>http://localhost:8000</c>, <c>unix:/run/app.sock</c> or <c>http_status:404</c>.</param>
    /// <param name="options">How the origin is reached.</param>
    /// <param name="origin">The origin, when it could be read.</param>
    /// <param name="error">What is wrong and what to write instead, when it could not.</param>
    public static bool TryParse(
        string? service,
        OriginOptions options,
        [NotNullWhen(true)] out Origin? origin,
        [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(options);
        origin = ServiceParser.Parse(service ?? "", options, out error);
        return origin is not null;
    }

    /// <summary>The service as it was written.</summary>
    public override string ToString() => Service;
}
