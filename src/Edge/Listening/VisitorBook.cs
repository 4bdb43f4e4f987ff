using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Engine.Edge.Listening;

/// <summary>Counts visitors' connections and streams by address, so that no one of them uses up what is there for all.</summary>
/// <remarks>
/// Thread-safe. An account exists as long as its address has a connection, so memory is bounded by the connections. An IPv6 visitor is
/// its /64, since that is what one subscriber commands (RFC 6177). Loopback is not counted: there all visitors of a proxy on this
/// machine have one address; nor are transports without an address.
/// </remarks>
internal sealed class VisitorBook
{
    private readonly Lock _lock = new();
    private readonly Dictionary<UInt128, VisitorAccount> _accounts = [];
    private readonly EdgeLimits _limits;

    public VisitorBook(EdgeLimits limits) => _limits = limits;

    /// <summary>How many addresses have a connection.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _accounts.Count;
            }
        }
    }

    /// <summary>Lets a connection in.</summary>
    /// <param name="endPoint">Where it comes from.</param>
    /// <param name="account">The account of its address, to be given to <see cref="Leave"/>; null when it is not counted.</param>
    /// <returns>False when the address has too many.</returns>
    public bool TryEnter(EndPoint? endPoint, out VisitorAccount? account)
    {
        account = null;
        if (endPoint is not IPEndPoint { Address: var address } || IPAddress.IsLoopback(address))
        {
            return true;
        }

        var key = KeyOf(address);
        lock (_lock)
        {
            if (!_accounts.TryGetValue(key, out var found))
            {
                _accounts.Add(key, found = new VisitorAccount(key, _limits.MaxStreamsPerVisitor));
            }
            else if (_limits.MaxConnectionsPerVisitor > 0 && found.Connections >= _limits.MaxConnectionsPerVisitor)
            {
                return false;
            }

            found.Connections++;
            account = found;
            return true;
        }
    }

    /// <summary>Lets a connection out.</summary>
    public void Leave(VisitorAccount? account)
    {
        if (account is null)
        {
            return;
        }

        lock (_lock)
        {
            if (--account.Connections == 0)
            {
                _accounts.Remove(account.Key);
            }
        }
    }

    private static UInt128 KeyOf(IPAddress address)
    {
        Span<byte> octets = stackalloc byte[16];
        (address.AddressFamily == AddressFamily.InterNetwork ? address.MapToIPv6() : address).TryWriteBytes(octets, out _);
        var key = BinaryPrimitives.ReadUInt128BigEndian(octets);
        return address.AddressFamily == AddressFamily.InterNetwork || address.IsIPv4MappedToIPv6 ? key : key >> 64 << 64;
    }
}
