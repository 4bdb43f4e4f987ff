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
internal sealed class FrameSender
{
    /// <summary>How much may lie in the transport's output before a flush: large enough for TLS and the socket, small enough that a keystroke waits little.</summary>
    public const int BatchSize = 128 << 10;

    // Answers that a peer makes us queue and does not read.
    private const int BacklogLimit = 256 << 10;

    private readonly Lock _gate;
    private readonly WakeQueue _wakes;
    private readonly PipeWriter _transport;
    private readonly SegmentQueue _queued = new();
    private readonly ArrayBufferWriter<byte> _block = new(256);
    private readonly HpackEncoder _encoder = new();
    private readonly Action<Exception> _failed;
    private TaskCompletionSource? _idle;
    private TaskCompletionSource? _room;
    private long _written;
    private bool _flushing;
    private bool _corked = true;
    private bool _closed;
    private bool _sealed;

    public FrameSender(Lock gate, WakeQueue wakes, PipeWriter transport, SendScheduler scheduler, Action<Exception> failed)
    {
        _gate = gate;
        _wakes = wakes;
        _transport = transport;
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

    /// <summary>Outside of the gate: holds back flushes until <see cref="Uncork"/>.</summary>
    public void Cork()
    {
        lock (_gate)
        {
            _corked = true;
        }
    }

    /// <summary>Outside of the gate: lets flushes go again and flushes.</summary>
    public void Uncork()
    {
        lock (_gate)
        {
            _corked = false;
        }

        Flush();
    }

    /// <summary>Outside of the gate: sends a full batch although the sender is corked, so that answers to one read can't pile up.</summary>
    public void FlushWhenFull()
    {
        if (Volatile.Read(ref _written) >= BatchSize)
        {
            Flush(evenCorked: true);
        }
    }

    /// <summary>Outside of the gate: sends what there is, unless somebody is at it.</summary>
    public void Flush(bool evenCorked = false)
    {
        lock (_gate)
        {
            if ((_corked && !evenCorked) || _flushing || _closed || !Collect())
            {
                return;
            }

            _flushing = true;
        }

        // Ends by itself and reports its failure to the connection; there is never more than one.
        _ = FlushUntilEmptyAsync();
    }

    /// <summary>Completes when nothing is queued and no flush runs.</summary>
    public Task WhenIdleAsync()
    {
        lock (_gate)
        {
            return _flushing ? (_idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task : Task.CompletedTask;
        }
    }

    /// <summary>Completes when the backlog is gone.</summary>
    public Task WhenRoomAsync()
    {
        lock (_gate)
        {
            return _queued.Length == 0 ? Task.CompletedTask : (_room ??= new TaskCompletionSource()).Task;
        }
    }

    /// <summary>Under the gate: no frame is added any more; what was written still leaves.</summary>
    public void Seal()
    {
        _sealed = true;
        WakeRoom();
    }

    private void Wrote(int octets)
    {
        if (!_flushing)
        {
            _written += octets;
        }
    }

    /// <summary>Under the gate, as the one who flushes: brings everything that may leave now into the transport's output.</summary>
    private bool Collect()
    {
        if (_queued.Length > 0)
        {
            _written += _queued.Length;
            foreach (var part in _queued.Sequence)
            {
                _transport.Write(part.Span);
            }

            _queued.Clear();
            WakeRoom();
        }

        Scheduler.Run(this);
        return _written > 0;
    }

    private async Task FlushUntilEmptyAsync()
    {
        try
        {
            while (true)
            {
                var flush = _transport.FlushAsync();
                _wakes.Run(); // Writers whose data was taken produce the next while this leaves.
                var result = await flush;
                if (result.IsCompleted)
                {
                    throw new IOException("The transport takes no more octets: the peer has closed the connection.");
                }

                if (!Continue())
                {
                    _wakes.Run();
                    return;
                }
            }
        }
        catch (Exception exception)
        {
            Stop();
            _failed(exception);
        }
    }

    private bool Continue()
    {
        lock (_gate)
        {
            _flushing = false;
            _written = 0;
            if (!_closed && Collect())
            {
                _flushing = true;
                return true;
            }

            _idle?.TrySetResult();
            _idle = null;
            return false;
        }
    }

    private void Stop()
    {
        lock (_gate)
        {
            _flushing = false;
            _closed = true;
            _queued.Clear();
            _idle?.TrySetResult();
            _idle = null;
            Seal();
        }
    }

    private void WakeRoom()
    {
        if (_room is { } room)
        {
            _room = null;
            _wakes.Add(static room => ((TaskCompletionSource)room).TrySetResult(), room);
        }
    }
}
