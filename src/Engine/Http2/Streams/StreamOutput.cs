using System.IO.Pipelines;
using Engine.Buffers;
using Engine.Fields;
using Engine.Http2.FlowControl;
using Engine.Http2.Sending;

namespace Engine.Http2.Streams;

/// <summary>The sending half of a stream: what the owner writes becomes DATA as windows and the scheduler allow.</summary>
/// <remarks>
/// <para>Owned by the stream; one writer at a time. What is written and not flushed belongs to the writer alone; what is flushed is
/// guarded by the connection's gate.</para>
/// <para>A flush completes when all that was flushed has left for the transport's buffer, so that a stream holds no more than its
/// writer wrote in one go.</para>
/// </remarks>
internal sealed class StreamOutput : PipeWriter
{
    private readonly Http2Stream _stream;
    private readonly Http2Connection _connection;
    private readonly SegmentQueue _writing = new();
    private readonly SegmentQueue _pending = new();
    private readonly Waiter<FlushResult> _waiter = new();
    private SendWindow _window;
    private Exception? _failure;
    private FieldList? _trailers;
    private long _unreturned;
    private bool _endRequested;
    private bool _flushCanceled;
    private bool _wasCanceled;
    private int _ticksWaited;

    public StreamOutput(Http2Stream stream, int window)
    {
        _stream = stream;
        _connection = stream.Connection;
        _window = new SendWindow(window);
        Turn = new LinkedListNode<StreamOutput>(this);
    }

    /// <summary>The stream's place in the scheduler's round; the scheduler's own.</summary>
    public LinkedListNode<StreamOutput> Turn { get; }

    /// <summary>What the stream may still send in its turn; the scheduler's own number.</summary>
    public long Deficit { get; set; }

    /// <summary>How much could be sent if the connection had room.</summary>
    public long Sendable => Math.Max(0, Math.Min(_pending.Length, Math.Min(_window.Available, Share - _unreturned)));

    /// <summary>Whether END_STREAM is sent or will be, without the owner doing anything more.</summary>
    public bool IsEnding => _endRequested;

    /// <inheritdoc />
    public override bool CanGetUnflushedBytes => true;

    /// <inheritdoc />
    public override long UnflushedBytes => _writing.Length;

    // One stream whose reader stalls may hold a part of the connection's window, never all of it.
    private long Share => _connection.Share.Of(_connection.Sender.Scheduler.Window.Peak, _ticksWaited);

    /// <inheritdoc />
    public override Memory<byte> GetMemory(int sizeHint = 0) => _writing.GetMemory(sizeHint);

    /// <inheritdoc />
    public override Span<byte> GetSpan(int sizeHint = 0) => _writing.GetSpan(sizeHint);

    /// <inheritdoc />
    public override void Advance(int bytes) => _writing.Advance(bytes);

    /// <inheritdoc />
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return ValueTask.FromCanceled<FlushResult>(cancellationToken);
        }

        ValueTask<FlushResult> result;
        lock (_connection.Gate)
        {
            result = FlushUnderGate(cancellationToken);
        }

        _connection.Leave();
        return result.IsCompletedSuccessfully && _connection.Sender.IsBacklogged ? WaitForRoomAsync(result.Result, cancellationToken) : result;
    }

    /// <inheritdoc />
    public override void CancelPendingFlush()
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
                _flushCanceled = true;
            }
        }

        _connection.Leave();
    }

    /// <inheritdoc />
    public override void Complete(Exception? exception = null)
    {
        if (exception is not null || !_stream.CanEndOutput)
        {
            _writing.Clear();
            _stream.ResetUnlessEnded(_stream.FailureCode);
            return;
        }

        lock (_connection.Gate)
        {
            End(null);
        }

        _connection.Leave();
    }

    /// <inheritdoc />
    public override ValueTask CompleteAsync(Exception? exception = null)
    {
        Complete(exception);
        return exception is null ? WaitUntilSentAsync() : default;
    }

    /// <summary>Under the gate: END_STREAM, behind the data and with <paramref name="trailers"/> if there are any.</summary>
    public void End(FieldList? trailers)
    {
        if (_endRequested || _failure is not null)
        {
            _writing.Clear();
            return;
        }

        _writing.MoveAllTo(_pending);
        _endRequested = true;
        if (_pending.Length == 0)
        {
            _trailers = trailers;
            SendEnd();
            return;
        }

        if (trailers is not null)
        {
            // They are encoded when the data has left, since the compression state follows the wire's order.
            _trailers = new FieldList();
            _trailers.AddRange(trailers);
        }

        Schedule();
    }

    /// <summary>Under the gate: END_STREAM went out with the head.</summary>
    public void MarkEnded() => _endRequested = true;

    /// <summary>Under the gate, by the scheduler: sends <paramref name="count"/> octets in one frame.</summary>
    public void Send(FrameSender sender, int count)
    {
        _window.Take(count);
        _unreturned += count;
        var last = count == _pending.Length;
        var ends = last && _endRequested && _trailers is null;
        sender.Data(_stream.StreamId, _pending, count, ends);
        if (!last)
        {
            return;
        }

        if (ends)
        {
            _stream.EndSent();
        }
        else if (_endRequested)
        {
            SendEnd();
        }

        if (_waiter.TryClaim())
        {
            Wake();
        }
    }

    /// <summary>Under the gate: the peer enlarged the stream's window, or changed the initial one.</summary>
    /// <returns>False when the window overflows.</returns>
    public bool TryShiftWindow(long delta, bool isUpdate)
    {
        if (!_window.TryShift(delta))
        {
            return false;
        }

        if (isUpdate)
        {
            _unreturned = Math.Max(0, _unreturned - delta);
            _connection.Share.Observe(delta);
        }

        Schedule();
        return true;
    }

    /// <summary>Under the gate: lets the stream go beyond its share when nothing else could make the peer return credit.</summary>
    /// <remarks>A peer that returns credit by the half window would otherwise be waited for without end.</remarks>
    public void LiftShare()
    {
        if (_pending.Length > 0 && _window.Available > 0 && Share <= _unreturned)
        {
            _ticksWaited++;
            Schedule();
        }
    }

    /// <summary>Under the gate: nothing is sent any more, and who waits fails.</summary>
    public void Fail(Exception failure)
    {
        if (_failure is not null)
        {
            return;
        }

        _failure = failure;
        _pending.Clear();
        _connection.Sender.Scheduler.Remove(this);
        if (_waiter.TryClaim())
        {
            Wake();
        }
    }

    /// <summary>Returns what was written and never flushed; the owner has let go.</summary>
    public void Release() => _writing.Clear();

    private ValueTask<FlushResult> FlushUnderGate(CancellationToken cancellationToken)
    {
        if (_failure is not null)
        {
            _writing.Clear();
            return ValueTask.FromException<FlushResult>(_failure);
        }

        if (_writing.Length > 0)
        {
            if (_endRequested || !_stream.CanSendData)
            {
                _writing.Clear();
                throw new InvalidOperationException(_endRequested
                    ? "The stream's output has ended; nothing can be written behind it."
                    : "Write the head before the body.");
            }

            _writing.MoveAllTo(_pending);
        }

        if (_flushCanceled)
        {
            _flushCanceled = false;
            Schedule();
            return new ValueTask<FlushResult>(new FlushResult(isCanceled: true, isCompleted: false));
        }

        Schedule();
        return _pending.Length == 0 ? default : _waiter.Arm(cancellationToken);
    }

    // Heads need no window: whoever writes one after the other waits for the peer here.
    private async ValueTask<FlushResult> WaitForRoomAsync(FlushResult result, CancellationToken cancellationToken)
    {
        await _connection.Sender.WhenRoomAsync().WaitAsync(cancellationToken);
        return result;
    }

    private async ValueTask WaitUntilSentAsync()
    {
        ValueTask<FlushResult> sent;
        lock (_connection.Gate)
        {
            sent = _pending.Length == 0 ? default : _waiter.Arm(default);
        }

        await sent;
    }

    private void Schedule()
    {
        _connection.Sender.Scheduler.Enqueue(this);
        _connection.Sender.MoveData();
    }

    private void SendEnd()
    {
        if (_trailers is not null)
        {
            _connection.Sender.Headers(_stream.StreamId, _trailers, endStream: true);
            _trailers = null;
        }
        else
        {
            _connection.Sender.Data(_stream.StreamId, _pending, 0, endStream: true);
        }

        _stream.EndSent();
    }

    private void Wake() => _connection.Wakes.Add(static output => ((StreamOutput)output).CompleteFlush(), this);

    private void CompleteFlush()
    {
        if (_failure is { } failure)
        {
            _waiter.SetException(failure);
            return;
        }

        var canceled = _wasCanceled;
        _wasCanceled = false;
        _waiter.SetResult(new FlushResult(canceled, isCompleted: false));
    }
}
