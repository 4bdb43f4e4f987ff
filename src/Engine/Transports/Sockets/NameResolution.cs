using System.Net;

namespace Engine.Transports;

/// <summary>Host names to addresses.</summary>
internal static class NameResolution
{
    /// <summary>The addresses of a literal, of a <c>localhost</c> name (RFC 6761 §6.3: never asked of a server), or of what the resolver knows.</summary>
    public static async ValueTask<IPAddress[]> ResolveAsync(string host, SocketTransportOptions options, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(host, out var literal))
        {
            return [literal];
        }

        if (options.Resolver is { } resolver)
        {
            return await resolver(host, cancellationToken);
        }

        var name = host.EndsWith('.') ? host.AsSpan(0, host.Length - 1) : host;
        if (name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase))
        {
            return [IPAddress.Loopback, IPAddress.IPv6Loopback];
        }

        return await Dns.GetHostAddressesAsync(host, cancellationToken);
    }
}
