using System.Buffers;
using Engine.Buffers;
using Engine.Http2.Frames;

namespace Engine.Http2.Receiving;

/// <summary>Joins HEADERS and CONTINUATION (RFC 9113 §4.3) to one field block, in bounded memory.</summary>
/// <remarks>Used by the receive loop alone. Between the first and the last frame of a block no other frame may come.</remarks>
internal sealed class HeaderBlockAssembler
{
    private readonly SegmentQueue _parts = new();
    private readonly long _limit;

    /// <param name="limit">The largest block, still compressed: a block beyond it can't decode to a field section within the limit, or does so wastefully.</param>
    public HeaderBlockAssembler(long limit) => _limit = limit;

    /// <summary>The stream whose block is incomplete, or 0.</summary>
    public int StreamId { get; private set; }

    /// <summary>Whether the block's HEADERS had END_STREAM.</summary>
    public bool EndStream { get; private set; }

    /// <summary>Whether the block's HEADERS made the stream depend on itself.</summary>
    public bool DependsOnItself { get; private set; }

    /// <summary>What has arrived.</summary>
    public ReadOnlySequence<byte> Block => _parts.Sequence;

    /// <summary>Starts a block that goes on in CONTINUATION.</summary>
    public void Begin(in FrameHeader header, bool dependsOnItself, in ReadOnlySequence<byte> part)
    {
        StreamId = header.StreamId;
        EndStream = header.Has(FrameFlags.EndStream);
        DependsOnItself = dependsOnItself;
        Append(part);
    }

    /// <summary>Adds a part.</summary>
    /// <exception cref="Http2ConnectionException">The block is too long (CVE-2024-27316 and its relatives).</exception>
    public void Append(in ReadOnlySequence<byte> part)
    {
        if (_parts.Length + part.Length > _limit)
        {
            throw new Http2ConnectionException(Http2ErrorCode.EnhanceYourCalm, $"a field block is longer than {_limit} octets");
        }

        _parts.Write(part);
    }

    /// <summary>Forgets the block.</summary>
    public void Clear()
    {
        _parts.Clear();
        StreamId = 0;
    }
}
