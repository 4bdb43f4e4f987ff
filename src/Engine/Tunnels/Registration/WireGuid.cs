using Engine.Tunnels.Registration.Capnp;

namespace Engine.Tunnels.Registration;

/// <summary>UUIDs on the wire: 16 octets in the order of the text form (RFC 9562 §4).</summary>
internal static class WireGuid
{
    public static byte[] ToBytes(Guid value) => value.ToByteArray(bigEndian: true);

    /// <summary>Reads a UUID; none at all is the nil UUID.</summary>
    public static Guid Read(ReadOnlySpan<byte> octets, string name) => octets.Length switch
    {
        16 => new Guid(octets, bigEndian: true),
        0 => Guid.Empty,
        var length => throw new MessageFormatException($"The {name} has {length} octets; a UUID has 16."),
    };
}
