using System.Security.Cryptography;

namespace Engine.Edge.Requests;

/// <summary>Makes the ids that tie a visitor's answer, the edge's log and the connector's log together (<c>cf-ray</c>).</summary>
/// <remarks>Thread-safe. Unique for one edge process, and not to be told from random by eye: neither a secret nor a counter to be read.</remarks>
internal sealed class TraceId
{
    private readonly ulong _seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));
    private readonly string _suffix;
    private ulong _count;

    public TraceId(string location) => _suffix = "-" + location;

    /// <summary>Sixteen hexadecimal digits, a hyphen, the edge's location.</summary>
    public string Next()
    {
        var id = Mix(_seed + (Interlocked.Increment(ref _count) * 0x9E3779B97F4A7C15));
        return string.Create(16 + _suffix.Length, (id, _suffix), static (text, state) =>
        {
            state.id.TryFormat(text, out _, "x16");
            state._suffix.CopyTo(text[16..]);
        });
    }

    /// <summary>The finaliser of SplitMix64: a bijection, so that different counts stay different.</summary>
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
