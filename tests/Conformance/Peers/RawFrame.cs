using System.Buffers.Binary;
using Engine.Http2;
using Engine.Http2.Frames;

namespace Engine.Conformance.Peers;

/// <summary>A frame as it came.</summary>
internal sealed record RawFrame(FrameHeader Header, byte[] Payload)
{
    public FrameType Type => Header.Type;

    public int StreamId => Header.StreamId;

    public bool EndsStream => Type is FrameType.Data or FrameType.Headers && Header.Has(FrameFlags.EndStream);

    /// <summary>The code of RST_STREAM or GOAWAY.</summary>
    public Http2ErrorCode ErrorCode =>
        (Http2ErrorCode)BinaryPrimitives.ReadUInt32BigEndian(Payload.AsSpan(Type == FrameType.GoAway ? 4 : 0));

    /// <summary>The increment of WINDOW_UPDATE, or the last stream of GOAWAY.</summary>
    public int Number => BinaryPrimitives.ReadInt32BigEndian(Payload);

    public override string ToString() => Type switch
    {
        FrameType.GoAway => $"GOAWAY {ErrorCode} last={Number} \"{System.Text.Encoding.UTF8.GetString(Payload.AsSpan(8))}\"",
        FrameType.RstStream => $"RST_STREAM {ErrorCode} stream={StreamId}",
        _ => $"{Type} flags={(byte)Header.Flags:X2} stream={StreamId} length={Payload.Length}",
    };
}
