using System.Buffers;
using System.IO.Pipelines;
using Engine.Buffers;
using Engine.Fields;
using Engine.Http2.Connections;
using Engine.Http2.Frames;
using Engine.Http2.Hpack;
using Engine.Http2.Streams;

namespace Engine.Http2.Sending;

/// <summary>Everything a connection sends, in order: control frames and heads as they come, DATA as the scheduler allots it.</summary>
/// <remarks>
/// <para>Guarded by the connection's gate, except <see cref="Flush"/> and what awaits. Frames go straight into the transport's output while no flush
/// runs, and into a queue of our own while one does; whoever finds no flush running flushes, and goes on until nothing is left.</para>
/// <para>While the receive loop works through one read the sender is corked: whatever the handlers answer leaves in one write.</para>
/// </remarks>
internal sealed partial class FrameSender
{
    /// <summary>How much may lie in the transport's output before a flush: large enough for TLS and the socket, small enough that a keystroke waits little.</summary>
    public const int BatchSize = 128 << 10;

    // Answers that a peer makes us queue and does not read.
    private const int BacklogLimit = 256 << 10;

    private readonly Lock _gate;
    private readonly WakeQueue _wakes;
    private readonly TransportOutput _transport;
    private readonly SegmentQueue _queued = new();
    private readonly ArrayBufferWriter<byte> _block = new(256);
    private readonly HpackEncoder _encoder = new();
    private readonly Action<Exception> _failed;
    private long _written;
    private bool _sealed;

    public FrameSender(Lock gate, WakeQueue wakes, PipeWriter transport, SendScheduler scheduler, Action<Exception> failed)
    {
        _gate = gate;
        _wakes = wakes;
        _transport = new TransportOutput(transport);
        _failed = failed;
        Scheduler = scheduler;
    }

    /// <summary>Who may send DATA next.</summary>
    public SendScheduler Scheduler { get; }

    /// <summary>The largest payload that the peer takes.</summary>
    public int MaxFrameSize { get; set; } = FrameHeader.DefaultMaxLength;

    /// <summary>Whether the peer must read before it may ask for more.</summary>
    public bool IsBacklogged => Backlog > BacklogLimit;

    /// <summary>Octets of control frames and heads that wait for a flush to end: what a peer that asks and never reads makes grow.</summary>
    public long Backlog => _queued.Length;

    /// <summary>Whether DATA may be written right now rather than by the next flush.</summary>
    public bool HasRoom => !_flushing && _written < BatchSize && !_sealed;

    private IBufferWriter<byte> Writer => _flushing ? _queued : _transport;

    public void Preface(ReadOnlySpan<byte> preface)
    {
        Writer.Write(preface);
        Wrote(preface.Length);
    }

    public void Settings(ReadOnlySpan<Setting> settings)
    {
        if (!_sealed)
        {
            FrameWriter.WriteSettings(Writer, settings);
            Wrote(FrameHeader.Size + (settings.Length * Setting.Size));
        }
    }

    public void SettingsAck()
    {
        if (!_sealed)
        {
            FrameWriter.WriteSettingsAck(Writer);
            Wrote(FrameHeader.Size);
        }
    }

    public void Ping(ulong opaque, bool ack)
    {
        if (!_sealed)
        {
            FrameWriter.WritePing(Writer, opaque, ack);
            Wrote(FrameHeader.Size + sizeof(ulong));
        }
    }

    public void GoAway(int lastStreamId, Http2ErrorCode code, ReadOnlySpan<byte> debugData)
    {
        if (!_sealed)
        {
            FrameWriter.WriteGoAway(Writer, lastStreamId, code, debugData);
            Wrote(FrameHeader.Size + 8 + debugData.Length);
        }
    }

    public void ResetStream(int streamId, Http2ErrorCode code)
    {
        if (!_sealed)
        {
            FrameWriter.WriteRstStream(Writer, streamId, code);
            Wrote(FrameHeader.Size + sizeof(uint));
        }
    }

    public void WindowUpdate(int streamId, int increment)
    {
        if (!_sealed && increment > 0)
        {
            FrameWriter.WriteWindowUpdate(Writer, streamId, increment);
            Wrote(FrameHeader.Size + sizeof(uint));
        }
    }

    /// <summary>Encodes and writes a field section; the compression state requires that it is sent exactly here.</summary>
    public void Headers(int streamId, FieldList fields, bool endStream)
    {
        if (_sealed)
        {
            return;
        }

        _block.ResetWrittenCount();
        _encoder.Encode(fields, _block);

        // A peer may announce frames of megabytes; 16 KiB parts keep the output's segments ordinary.
        FrameWriter.WriteHeaders(Writer, streamId, _block.WrittenSpan, endStream, FrameHeader.DefaultMaxLength);
        Wrote(FrameHeader.Size + _block.WrittenCount);
    }

    /// <summary>Writes one DATA frame with the first <paramref name="count"/> octets of <paramref name="source"/>: the one copy between a stream's buffer and the transport's.</summary>
    public void Data(int streamId, SegmentQueue source, int count, bool endStream)
    {
        if (_sealed)
        {
            return;
        }

        FrameWriter.WriteDataHeader(Writer, streamId, count, endStream);
        source.MoveTo(Writer, count);
        Wrote(FrameHeader.Size + count);
    }

    /// <summary>The peer's decoder keeps a table of another size.</summary>
    public void SetHeaderTableSize(uint size) => _encoder.SetMaxTableSize(size);

    /// <summary>Under the gate: moves DATA of the streams whose turn it is as long as there is room.</summary>
    public void MoveData()
    {
        if (!_flushing && !_sealed)
        {
            Scheduler.Run(this);
        }
    }

    private void Wrote(int octets)
    {
        if (!_flushing)
        {
            _written += octets;
        }
    }
}
