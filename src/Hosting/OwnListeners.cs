using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Engine.Ingress;

namespace Engine.Hosting;

/// <summary>Finds rules whose origin is a listener of this very process: their requests would go round in a circle.</summary>
internal static class OwnListeners
{
    private static readonly TimeSpan ResolveTimeout = TimeSpan.FromSeconds(2);

    /// <summary>One line for each such rule.</summary>
    /// <param name="rules">The rules.</param>
    /// <param name="listeners">The addresses taken, with what they serve.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<IReadOnlyList<string>> FindAsync(
        IngressRules rules,
        IReadOnlyList<(IPEndPoint EndPoint, string Name)> listeners,
        CancellationToken cancellationToken)
    {
        var faults = new List<string>();
        foreach (var rule in rules.Rules)
        {
            if (PortOf(rule.Origin.EndPoint) is not { } port || listeners.All(listener => listener.EndPoint.Port != port))
            {
                continue;
            }

            var addresses = await AddressesAsync(rule.Origin.EndPoint!, cancellationToken);
            foreach (var (endPoint, name) in listeners)
            {
                if (endPoint.Port == port && addresses.Any(address => Covers(endPoint.Address, address)))
                {
                    var place = rule.Position.Line > 0 ? string.Create(CultureInfo.InvariantCulture, $" (line {rule.Position.Line})") : "";
                    faults.Add($"Rule {rule.Number}{place}: service '{rule.Origin.Service}' is {name} of this program itself, so its requests would never end; name the application's own port, or change the one of {name}.");
                    break;
                }
            }
        }

        return faults;
    }

    private static int? PortOf(EndPoint? endPoint) => endPoint switch
    {
        IPEndPoint ip => ip.Port,
        DnsEndPoint dns => dns.Port,
        _ => null,
    };

    private static async Task<IReadOnlyList<IPAddress>> AddressesAsync(EndPoint endPoint, CancellationToken cancellationToken)
    {
        if (endPoint is IPEndPoint { Address: var address })
        {
            return [address];
        }

        var name = ((DnsEndPoint)endPoint).Host.TrimEnd('.');
        if (name.Equals("localhost", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase))
        {
            return [IPAddress.Loopback, IPAddress.IPv6Loopback];
        }

        try
        {
            return await Dns.GetHostAddressesAsync(name, cancellationToken).WaitAsync(ResolveTimeout, cancellationToken);
        }
        catch (Exception exception) when (exception is SocketException or TimeoutException or ArgumentException)
        {
            // A name that nobody knows now is none of ours; loops that appear later end in 508.
            return [];
        }
    }

    private static bool Covers(IPAddress listener, IPAddress origin)
    {
        origin = origin.IsIPv4MappedToIPv6 ? origin.MapToIPv4() : origin;
        if (origin.Equals(IPAddress.Any) || origin.Equals(IPAddress.IPv6Any))
        {
            // To connect to "any" is to connect to loopback.
            origin = origin.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Loopback : IPAddress.IPv6Loopback;
        }

        if (listener.Equals(IPAddress.Any) || listener.Equals(IPAddress.IPv6Any))
        {
            return IPAddress.IsLoopback(origin) || IsLocal(origin);
        }

        return listener.Equals(origin);
    }

    private static bool IsLocal(IPAddress address)
    {
        foreach (var adapter in NetworkInterface.GetAllNetworkInterfaces())
        {
            if (adapter.GetIPProperties().UnicastAddresses.Any(own => own.Address.Equals(address)))
            {
                return true;
            }
        }

        return false;
    }
}
