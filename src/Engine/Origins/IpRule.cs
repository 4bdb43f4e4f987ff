using System.Net;

namespace Engine.Origins;

/// <summary>One line of <c>ipRules</c>: which destinations a SOCKS visitor may, or may not, reach.</summary>
/// <param name="Prefix">The addresses the rule speaks of.</param>
/// <param name="Ports">The ports it speaks of; empty means all.</param>
/// <param name="Allow">Whether they are allowed.</param>
public sealed record IpRule(IPNetwork Prefix, IReadOnlyList<int> Ports, bool Allow);
