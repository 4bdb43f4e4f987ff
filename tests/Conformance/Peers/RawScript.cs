using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Engine.Http2;
using Engine.Http2.Frames;

namespace Engine.Conformance.Peers;

/// <summary>Frames in a row, right or wrong, as octets.</summary>
internal class RawScript
{
    private readonly ArrayBufferWriter<byte> _pending = new();

    /// <summary>How many octets are queued.</summary>
    public int Length => _pending.WrittenCount;

    /// <summary>What is queued.</summary>
    public byte[] ToArray() => _pending.WrittenSpan.ToArray();

    /// <summary>Forgets what is queued.</summary>
    public void Clear() => _pending.ResetWrittenCount();

    /// <summary>Queues octets as they are.</summary>
    public void Raw(ReadOnlySpan<byte> octets) => _pending.Write(octets);

    /// <summary>Queues a frame with any header at all.</summary>
    public void Frame(FrameType type, FrameFlags flags, int streamId, ReadOnlySpan<byte> payload = default)
    {
        var span = _pending.GetSpan(FrameHeader.Size);
        new FrameHeader(payload.Length, type, flags, streamId).Write(span);
        _pending.Advance(FrameHeader.Size);
        _pending.Write(payload);
    }

    public void Data(int streamId, string text = "test", bool end = true) =>
        Frame(FrameType.Data, end ? FrameFlags.EndStream : FrameFlags.None, streamId, Encoding.ASCII.GetBytes(text));

    public void Data(int streamId, int length, bool end = true) =>
        Frame(FrameType.Data, end ? FrameFlags.EndStream : FrameFlags.None, streamId, new byte[length]);

    public void Headers(int streamId, ReadOnlySpan<byte> block, bool end = true, bool whole = true) =>
        Frame(FrameType.Headers, (end ? FrameFlags.EndStream : 0) | (whole ? FrameFlags.EndHeaders : 0), streamId, block);

    public void Continuation(int streamId, ReadOnlySpan<byte> block, bool whole = true) =>
        Frame(FrameType.Continuation, whole ? FrameFlags.EndHeaders : FrameFlags.None, streamId, block);

    /// <summary>Queues PRIORITY; the weight counts from 1 to 256.</summary>
    public void Priority(int streamId, int dependency, int weight = 16, bool exclusive = false) =>
        Frame(FrameType.Priority, FrameFlags.None, streamId, PriorityFields(dependency, weight, exclusive));

    public void RstStream(int streamId, Http2ErrorCode code = Http2ErrorCode.Cancel) =>
        Frame(FrameType.RstStream, FrameFlags.None, streamId, Numbers((uint)code));

    public void Settings(params (int Id, uint Value)[] settings)
    {
        var payload = new byte[settings.Length * 6];
        for (var i = 0; i < settings.Length; i++)
        {
            payload[i * 6] = (byte)(settings[i].Id >> 8);
            payload[(i * 6) + 1] = (byte)settings[i].Id;
            Numbers(settings[i].Value).CopyTo(payload, (i * 6) + 2);
        }

        Frame(FrameType.Settings, FrameFlags.None, 0, payload);
    }

    public void Ping(string eight = "ping-001", FrameFlags flags = FrameFlags.None, int streamId = 0) =>
        Frame(FrameType.Ping, flags, streamId, Encoding.ASCII.GetBytes(eight));

    public void GoAway(int lastStreamId, Http2ErrorCode code = Http2ErrorCode.NoError, int streamId = 0) =>
        Frame(FrameType.GoAway, FrameFlags.None, streamId, Numbers((uint)lastStreamId, (uint)code));

    public void WindowUpdate(int streamId, uint increment) =>
        Frame(FrameType.WindowUpdate, FrameFlags.None, streamId, Numbers(increment));

    public static byte[] PriorityFields(int dependency, int weight = 16, bool exclusive = false) =>
        [.. Numbers((uint)dependency | (exclusive ? 0x8000_0000 : 0)), (byte)(weight - 1)];

    protected static byte[] Numbers(params uint[] values)
    {
        var octets = new byte[values.Length * 4];
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(octets.AsSpan(i * 4), values[i]);
        }

        return octets;
    }
}
