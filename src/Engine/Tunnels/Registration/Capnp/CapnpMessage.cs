using System.Buffers.Binary;

namespace Engine.Tunnels.Registration.Capnp;

/// <summary>A received message: its segments, and the resolution of pointers between them.</summary>
/// <remarks>Owns its bytes; read by one thread at a time, since reading draws on the traversal limit.</remarks>
internal sealed class CapnpMessage
{
    private readonly byte[] _bytes;
    private readonly int[] _starts;
    private long _traversalLeft;

    /// <summary>Takes a message over.</summary>
    /// <param name="bytes">The segments, one behind the other.</param>
    /// <param name="starts">Where in <paramref name="bytes"/> each segment begins, and, as the last element, where the last one ends.</param>
    public CapnpMessage(byte[] bytes, int[] starts)
    {
        _bytes = bytes;
        _starts = starts;
        _traversalLeft = (starts[^1] / 8 * (long)MessageLimits.TraversalFactor) + MessageLimits.TraversalBase;
    }

    /// <summary>The root struct; all defaults when the message is empty or its root pointer null.</summary>
    public StructReader Root => SegmentWords(0) == 0 ? default : new PointerReader(this, 0, 0, 0).AsStruct();

    /// <summary>The octets of all segments; for tests and for wiping.</summary>
    public Span<byte> Bytes => _bytes.AsSpan(0, _starts[^1]);

    /// <summary>The length of a segment in words.</summary>
    public int SegmentWords(int segment) => (_starts[segment + 1] - _starts[segment]) / 8;

    /// <summary>The word at an index of a segment, which must be inside.</summary>
    public ulong Word(int segment, int word)
    {
        Require(segment, word, 1);
        return BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(_starts[segment] + (word * 8)));
    }

    /// <summary>Octets of a segment whose words were required before.</summary>
    public ReadOnlySpan<byte> Slice(int segment, int offset, int length) => _bytes.AsSpan(_starts[segment] + offset, length);

    /// <summary>Refuses a range that is not inside its segment.</summary>
    public void Require(int segment, long word, long count)
    {
        if ((uint)segment >= (uint)(_starts.Length - 1))
        {
            throw new MessageFormatException("A pointer names a segment that the message does not have.");
        }

        if (word < 0 || count < 0 || word + count > SegmentWords(segment))
        {
            throw new MessageFormatException("A pointer leaves its segment.");
        }
    }

    /// <summary>Counts words against the traversal limit.</summary>
    public void Charge(long words)
    {
        _traversalLeft -= words;
        if (_traversalLeft < 0)
        {
            throw new MessageFormatException("The message visits its content too often.");
        }
    }
}
