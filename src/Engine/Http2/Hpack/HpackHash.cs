using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Engine.Http2.Hpack;

/// <summary>The hash by which the encoder finds fields in its tables.</summary>
/// <remarks>Seeded a process, so that a visitor cannot choose fields that share a bucket. Its worst case is bounded anyway: by the entries of a table.</remarks>
internal static class HpackHash
{
    private const ulong Multiplier = 0x9E37_79B9_7F4A_7C15;

    private static readonly ulong Seed = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    /// <summary>The hash of a name.</summary>
    public static uint OfName(ReadOnlySpan<byte> name) => Mix(Seed, name);

    /// <summary>The hash of a field, given that of its name.</summary>
    public static uint OfField(uint nameHash, ReadOnlySpan<byte> value) => Mix(Seed + nameHash, value);

    private static uint Mix(ulong hash, ReadOnlySpan<byte> octets)
    {
        hash ^= (uint)octets.Length;
        for (; octets.Length >= sizeof(ulong); octets = octets[sizeof(ulong)..])
        {
            hash = Step(hash, BinaryPrimitives.ReadUInt64LittleEndian(octets));
        }

        var tail = 0ul;
        for (var i = 0; i < octets.Length; i++)
        {
            tail |= (ulong)octets[i] << (8 * i);
        }

        return (uint)(Step(hash, tail) >> 32);
    }

    private static ulong Step(ulong hash, ulong word)
    {
        hash = (hash ^ word) * Multiplier;
        return hash ^ (hash >> 29);
    }
}
