using Engine.Http2.Frames;

namespace Engine.Http2.Receiving;

/// <summary>What RFC 9113 §6 asks of every frame of a type: its stream and its size.</summary>
internal static class FrameRules
{
    /// <summary>The frame must be on a stream.</summary>
    public static void RequireStream(in FrameHeader header)
    {
        if (header.StreamId == 0)
        {
            throw Protocol($"{header.Type} came without a stream");
        }
    }

    /// <summary>The frame must be on the connection.</summary>
    public static void RequireConnection(in FrameHeader header)
    {
        if (header.StreamId != 0)
        {
            throw Protocol($"{header.Type} came on a stream");
        }
    }

    /// <summary>The payload must have exactly this size.</summary>
    public static void RequireSize(in FrameHeader header, int size)
    {
        if (header.Length != size)
        {
            throw new Http2ConnectionException(Http2ErrorCode.FrameSizeError, $"{header.Type} has {header.Length} octets instead of {size}");
        }
    }

    /// <summary>A connection error without a code of its own.</summary>
    public static Http2ConnectionException Protocol(string reason) => new(Http2ErrorCode.ProtocolError, reason);
}
