using System.Net;
using Engine.Edge.Listening;

namespace Engine.Edge.Front;

/// <summary>Who is at the other end of a visitor's connection.</summary>
/// <param name="Address">The address as text; an IPv4 address that came over an IPv6 socket is written as IPv4.</param>
/// <param name="IsTls">Whether the visitor speaks TLS to us.</param>
/// <param name="Account">What its address uses; null when that is not counted.</param>
internal sealed record VisitorPeer(string Address, bool IsTls, VisitorAccount? Account = null)
{
    /// <summary>Makes the peer of a connection.</summary>
    public static VisitorPeer Of(EndPoint? endPoint, bool isTls, VisitorAccount? account = null) => new(AddressOf(endPoint), isTls, account);

    /// <summary>The address as text.</summary>
    public static string AddressOf(EndPoint? endPoint)
    {
        if (endPoint is not IPEndPoint { Address: var address })
        {
            // RFC 7239 §6 has this word for a peer without an address, such as one in the same process.
            return "unknown";
        }

        return (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
    }
}
