using System.Net;
using System.Net.Sockets;

namespace Engine.Transports;

/// <summary>Puts a name's addresses into the order in which they are tried (RFC 8305 §4).</summary>
internal static class AddressOrder
{
    /// <summary>Families alternate, beginning with that of the resolver's first address; within a family the resolver's order stays.</summary>
    public static List<IPAddress> Interleave(IReadOnlyList<IPAddress> addresses, SocketTransportOptions options)
    {
        var first = new List<IPAddress>();
        var second = new List<IPAddress>();
        foreach (var address in addresses)
        {
            if (SocketSettings.Fits(address, options) && IsSupported(address))
            {
                (first.Count == 0 || first[0].AddressFamily == address.AddressFamily ? first : second).Add(address);
            }
        }

        var ordered = new List<IPAddress>(first.Count + second.Count);
        for (var i = 0; i < Math.Max(first.Count, second.Count); i++)
        {
            if (i < first.Count)
            {
                ordered.Add(first[i]);
            }

            if (i < second.Count)
            {
                ordered.Add(second[i]);
            }
        }

        return ordered;
    }

    private static bool IsSupported(IPAddress address) => address.AddressFamily switch
    {
        AddressFamily.InterNetwork => Socket.OSSupportsIPv4,
        AddressFamily.InterNetworkV6 => Socket.OSSupportsIPv6,
        _ => false,
    };
}
