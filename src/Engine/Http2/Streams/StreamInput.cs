using System.Buffers;
using System.IO.Pipelines;
using Engine.Buffers;

namespace Engine.Http2.Streams;

/// <summary>The receiving half of a stream: DATA payloads in pooled segments, bounded by the window that was advertised.</summary>
/// <remarks>
/// Owned by the stream; one reader at a time, everything guarded by the connection's gate. The payload is copied once, from the
/// transport's buffer into ours: the transport's must be free for the next stream while this reader is slow. What is
/// consumed returns to the window, by the half window; what is only examined does not. So a reader that waits for more than half a window
/// without consuming may wait for ever.
/// </remarks>
internal sealed class StreamInput : PipeReader
{
    private readonly Http2Stream _stream;
    private readonly Http2Connection _connection;
    private readonly SegmentQueue _buffer = new();
    private readonly Waiter<ReadResult> _waiter = new();
    private Exception? _failure;
    private long _examined;
    private bool _ended;
    private bool _isRead;
    private bool _completed;
    private bool _cancelNext;
    private bool _wasCanceled;

    public StreamInput(Http2Stream stream)
    {
        _stream = stream;
        _connection = stream.Connection;
    }

    /// <summary>Whether END_STREAM has arrived.</summary>
    public bool HasEnded => _ended;

    /// <summary>Whether the reader has been told that no more will come.</summary>
    public bool HasReportedEnd { get; private set; }

    /// <inheritdoc />
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<ReadResult>(cancellationToken);
        }

        lock (_connection.Gate)
        {
            ThrowIfCompleted();
            if (_failure is not null)
            {
                return ValueTask.FromException<ReadResult>(_failure);
            }

            return IsReadable ? new ValueTask<ReadResult>(TakeResult()) : _waiter.Arm(cancellationToken);
        }
    }

    /// <inheritdoc />
    public override bool TryRead(out ReadResult result)
    {
        lock (_connection.Gate)
        {
            ThrowIfCompleted();
            if (_failure is not null)
            {
                throw _failure;
            }

            if (!IsReadable)
            {
                result = default;
                return false;
            }

            result = TakeResult();
            return true;
        }
    }

    /// <inheritdoc />
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc />
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        lock (_connection.Gate)
        {
            if (!_isRead)
            {
                return;
            }

            _isRead = false;
            if (_failure is not null)
            {
                Discard();
            }
            else
            {
                Consume(consumed, examined);
            }
        }

        _connection.Leave();
    }

    /// <inheritdoc />
    public override void CancelPendingRead()
    {
        lock (_connection.Gate)
        {
            if (_waiter.TryClaim())
            {
                _wasCanceled = true;
                Wake();
            }
            else
            {
                _cancelNext = true;
            }
        }

        _connection.Leave();
    }

    /// <inheritdoc />
    public override void Complete(Exception? exception = null)
    {
        lock (_connection.Gate)
        {
            if (_waiter.TryClaim())
            {
                _failure ??= new InvalidOperationException("The reader was completed while it was read.");
                Wake();
            }

            _completed = true;
            Discard();
            _isRead = false;
        }

        _connection.Leave();
    }

    /// <summary>Under the gate: DATA arrived.</summary>
    /// <returns>False when nobody will read it; then it is not buffered.</returns>
    public bool Append(in ReadOnlySequence<byte> payload)
    {
        if (_completed || _failure is not null)
        {
            return false;
        }

        _buffer.Write(payload);
        WakeReader();
        return true;
    }

    /// <summary>Under the gate: END_STREAM arrived.</summary>
    public void End()
    {
        _ended = true;
        WakeReader();
    }

    /// <summary>Under the gate: whoever reads fails from now on; a message that had already ended stays readable.</summary>
    public void Fail(Exception failure)
    {
        if (_ended || _failure is not null)
        {
            return;
        }

        _failure = failure;

        // Segments that a reader looks at right now must not go to another stream; its AdvanceTo discards them.
        if (!_isRead)
        {
            Discard();
        }

        WakeReader();
    }

    /// <summary>Under the gate: the owner has let go; what is buffered is dropped, and a read that still waits fails.</summary>
    public void Release()
    {
        if (!_completed)
        {
            Fail(new ObjectDisposedException(nameof(Http2Stream)));
            _completed = true;
            Discard();
            _isRead = false;
        }
    }

    private bool IsReadable => _buffer.Length > _examined || _ended || _cancelNext;

    private void Consume(SequencePosition consumed, SequencePosition examined)
    {
        // Offsets count from the head: the sequence before consuming serves both positions.
        // A read that found nothing gave an empty sequence, whose positions are in no segment of what has come since.
        var seen = examined.GetObject() is BufferSegment ? _buffer.Sequence.Slice(0, examined).Length : 0;
        var count = _buffer.ConsumeTo(consumed);
        _examined = Math.Max(0, seen - count);
        _stream.Consumed(count);
    }

    private ReadResult TakeResult()
    {
        var canceled = _cancelNext || _wasCanceled;
        _cancelNext = _wasCanceled = false;
        _isRead = true;
        HasReportedEnd |= _ended;
        return new ReadResult(_buffer.Sequence, canceled, _ended);
    }

    private void Discard()
    {
        var count = _buffer.Length;
        _buffer.Clear(isLookedAt: _isRead);
        _examined = 0;
        _stream.Discarded(count);
    }

    private void WakeReader()
    {
        if (_waiter.TryClaim())
        {
            Wake();
        }
    }

    private void Wake() => _connection.Wakes.Add(static input => ((StreamInput)input).CompleteRead(), this);

    private void CompleteRead()
    {
        ReadResult result;
        Exception? failure;
        lock (_connection.Gate)
        {
            failure = _failure;
            result = failure is null ? TakeResult() : default;
        }

        if (failure is not null)
        {
            _waiter.SetException(failure);
        }
        else
        {
            _waiter.SetResult(result);
        }
    }

    private void ThrowIfCompleted()
    {
        if (_completed)
        {
            throw new InvalidOperationException("The reader was completed.");
        }
    }
}
