using System.Buffers;
using Engine.Http2.Connections;
using Engine.Http2.Frames;

namespace Engine.Http2.Receiving;

/// <summary>Frames of the connection: SETTINGS, PING, GOAWAY and WINDOW_UPDATE.</summary>
/// <remarks>Used by the receive loop alone, under the gate.</remarks>
internal sealed class ConnectionFrames(Http2Connection connection, AbuseMeter abuse)
{
    /// <summary>SETTINGS (§6.5).</summary>
    public void ReceiveSettings(in FrameHeader header, in ReadOnlySequence<byte> payload)
    {
        FrameRules.RequireConnection(header);
        if (header.Has(FrameFlags.Ack))
        {
            FrameRules.RequireSize(header, 0);
            connection.Settings.Acknowledge();
            return;
        }

        if (header.Length % Setting.Size != 0)
        {
            throw new Http2ConnectionException(Http2ErrorCode.FrameSizeError, "SETTINGS have not a multiple of six octets");
        }

        abuse.CountSettings();
        connection.Settings.Receive(payload);
    }

    /// <summary>PING (§6.7).</summary>
    public void ReceivePing(in FrameHeader header, in ReadOnlySequence<byte> payload)
    {
        FrameRules.RequireConnection(header);
        FrameRules.RequireSize(header, sizeof(ulong));
        var opaque = ((ulong)FramePayload.ReadUInt32(payload) << 32) | FramePayload.ReadUInt32(payload.Slice(sizeof(uint)));
        if (header.Has(FrameFlags.Ack))
        {
            connection.Pings.Acknowledge(opaque);
            return;
        }

        abuse.CountPing();
        connection.Sender.Ping(opaque, ack: true);
    }

    /// <summary>GOAWAY (§6.8).</summary>
    public void ReceiveGoAway(in FrameHeader header, in ReadOnlySequence<byte> payload)
    {
        FrameRules.RequireConnection(header);
        if (header.Length < 8)
        {
            throw new Http2ConnectionException(Http2ErrorCode.FrameSizeError, "GOAWAY has less than eight octets");
        }

        var last = (int)(FramePayload.ReadUInt32(payload) & int.MaxValue);
        var code = (Http2ErrorCode)FramePayload.ReadUInt32(payload.Slice(sizeof(uint)));
        var debug = payload.Slice(8, Math.Min(payload.Length - 8, 256)).ToArray();
        abuse.CountIgnoredFrame();
        connection.Drain.ReceiveGoAway(last, code, debug);
    }

    /// <summary>WINDOW_UPDATE of the connection (§6.9).</summary>
    public void ReceiveWindowUpdate(uint increment)
    {
        if (increment == 0)
        {
            throw FrameRules.Protocol("WINDOW_UPDATE of the connection is zero");
        }

        if (!connection.Sender.Scheduler.Window.TryShift(increment))
        {
            throw new Http2ConnectionException(Http2ErrorCode.FlowControlError, "the connection's window passes 2^31-1");
        }

        connection.Sender.MoveData();
    }
}
