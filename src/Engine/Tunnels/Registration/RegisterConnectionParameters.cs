using System.Net.Sockets;
using System.Net;
using Engine.Tunnels.Registration.Capnp;
using Engine.Tunnels.Registration.Rpc;

namespace Engine.Tunnels.Registration;

/// <summary>The parameters of registerConnection.</summary>
/// <remarks>
/// <code>
/// parameters        connIndex u8@0             | auth, tunnelId Data, options
/// TunnelAuth                                   | accountTag Text, tunnelSecret Data
/// ConnectionOptions replaceExisting bit 0, compressionQuality u8@1, numPreviousAttempts u8@2 | client, originLocalIp Data
/// ClientInfo                                   | clientId Data, features List(Text), version Text, arch Text
/// </code>
/// </remarks>
internal sealed class RegisterConnectionParameters : IRpcStruct
{
    // An honest connector lists some ten features.
    private const int MaxFeatures = 256;

    public string AccountTag { get; init; } = "";

    /// <summary>The secret, decoded. Nothing prints it.</summary>
    public byte[] Secret { get; init; } = [];

    public Guid TunnelId { get; init; }

    public byte ConnectionIndex { get; init; }

    public Guid ConnectorId { get; init; }

    public IReadOnlyList<string> Features { get; init; } = [];

    public string Version { get; init; } = "";

    public string Architecture { get; init; } = "";

    public IPAddress? OriginLocalAddress { get; init; }

    public bool ReplaceExisting { get; init; }

    public byte CompressionQuality { get; init; }

    public byte PreviousAttempts { get; init; }

    public int DataWords => 1;

    public int PointerCount => 3;

    /// <summary>Reads the parameters of a call.</summary>
    public static RegisterConnectionParameters Read(StructReader source)
    {
        var auth = source.Struct(0);
        var options = source.Struct(2);
        var client = options.Struct(0);
        return new RegisterConnectionParameters
        {
            AccountTag = auth.Text(0),
            Secret = auth.Octets(1).ToArray(),
            TunnelId = WireGuid.Read(source.Octets(1), "tunnel id"),
            ConnectionIndex = source.U8(0),
            ConnectorId = WireGuid.Read(client.Octets(0), "connector id"),
            Features = ReadFeatures(client.Pointer(1).AsList()),
            Version = client.Text(2),
            Architecture = client.Text(3),
            OriginLocalAddress = ReadAddress(options.Octets(1)),
            ReplaceExisting = options.Bit(0),
            CompressionQuality = options.U8(1),
            PreviousAttempts = options.U8(2),
        };
    }

    public void Write(StructBuilder target)
    {
        target.U8(0, ConnectionIndex);
        var auth = target.Struct(0, 0, 2);
        auth.Text(0, AccountTag);
        auth.Octets(1, Secret);
        target.Octets(1, WireGuid.ToBytes(TunnelId));

        var options = target.Struct(2, 1, 2);
        options.Bit(0, ReplaceExisting);
        options.U8(1, CompressionQuality);
        options.U8(2, PreviousAttempts);
        var client = options.Struct(0, 0, 4);
        client.Octets(0, WireGuid.ToBytes(ConnectorId));
        client.TextList(1, Features);
        client.Text(2, Version);
        client.Text(3, Architecture);
        options.Octets(1, AddressBytes(OriginLocalAddress));
    }

    private static string[] ReadFeatures(ListReader list)
    {
        if (list.Count > MaxFeatures)
        {
            throw new MessageFormatException($"A registration lists {list.Count} features; {MaxFeatures} is the limit.");
        }

        var features = new string[list.Count];
        for (var i = 0; i < features.Length; i++)
        {
            features[i] = list.Pointer(i).AsText();
        }

        return features;
    }

    /// <summary>16 octets, an IPv4 address as <c>::ffff:a.b.c.d</c>; 4 are taken too. For display, so that nonsense is no fault.</summary>
    private static IPAddress? ReadAddress(ReadOnlySpan<byte> octets)
    {
        if (octets.Length is not (4 or 16))
        {
            return null;
        }

        var address = new IPAddress(octets);
        return address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }

    private static byte[] AddressBytes(IPAddress? address) => address switch
    {
        null => [],
        { AddressFamily: AddressFamily.InterNetwork } => address.MapToIPv6().GetAddressBytes(),
        _ => address.GetAddressBytes(),
    };
}
