using System.Text;
using Engine.Ingress;

namespace Engine.Edge.Routes;

/// <summary>Public host names and the tunnels that serve them: the exact name first, then the nearest wildcard above it, then <c>*</c>.</summary>
/// <remarks>Immutable after creation, so thread-safe. A lookup costs one hash for each label, however many routes there are.</remarks>
internal sealed class RouteTable
{
    // A connector answers these itself and believes every token, because it trusts its edge to have checked it.
    private static readonly string[] ManagementNames = ["management.argotunnel.com", "management.fed.argotunnel.com"];

    private readonly Dictionary<string, Guid> _exact = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Guid> _below = new(StringComparer.Ordinal);
    private readonly HashSet<string> _never = new(ManagementNames, StringComparer.Ordinal);
    private Guid? _otherwise;

    public RouteTable(IEnumerable<EdgeRoute> routes)
    {
        foreach (var route in routes)
        {
            Add(route);
        }
    }

    /// <summary>Finds the tunnel for a canonical name.</summary>
    /// <param name="name">What <see cref="CanonicalName"/> wrote.</param>
    /// <param name="tunnel">The tunnel.</param>
    /// <returns>False when no route takes the name, or it is never routed.</returns>
    public bool TryFind(ReadOnlySpan<byte> name, out Guid tunnel)
    {
        Span<char> buffer = stackalloc char[CanonicalName.MaxLength];
        tunnel = default;
        if (name.IsEmpty || name.Length > buffer.Length)
        {
            return false;
        }

        ReadOnlySpan<char> text = buffer[..Encoding.ASCII.GetChars(name, buffer)];
        if (_never.GetAlternateLookup<ReadOnlySpan<char>>().Contains(text))
        {
            return false;
        }

        if (_exact.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(text, out tunnel))
        {
            return true;
        }

        var below = _below.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var dot = text.IndexOf('.'); dot >= 0; dot = text.IndexOf('.'))
        {
            text = text[(dot + 1)..];
            if (below.TryGetValue(text, out tunnel))
            {
                return true;
            }
        }

        tunnel = _otherwise.GetValueOrDefault();
        return _otherwise.HasValue;
    }

    private void Add(EdgeRoute route)
    {
        bool added;
        if (route.Hostname == "*")
        {
            added = _otherwise is null;
            _otherwise ??= route.TunnelId;
        }
        else
        {
            var isWildcard = route.Hostname.StartsWith("*.", StringComparison.Ordinal);
            var name = CanonicalName.FromText(isWildcard ? route.Hostname[2..] : route.Hostname)
                ?? throw new EdgeConfigurationException($"The route '{route.Hostname}' is no host name. Write a name without port, '*.' and a name, or '*' alone.");
            if (!isWildcard && _never.Contains(name))
            {
                throw new EdgeConfigurationException($"The route '{route.Hostname}' would give visitors the connectors' management interface. Remove it.");
            }

            added = (isWildcard ? _below : _exact).TryAdd(name, route.TunnelId);
        }

        if (!added)
        {
            throw new EdgeConfigurationException($"The route '{route.Hostname}' is listed twice. Remove one of the two.");
        }
    }
}
