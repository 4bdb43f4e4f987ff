using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Engine.Transports;

/// <summary>A reader that receives when it is read, on the reader's own stack: no copy loop, no hop, and no buffer while it waits.</summary>
/// <remarks>
/// One reader at a time. <see cref="CancelPendingRead"/> and <see cref="Complete"/> may come from other threads. Arrays belong to the chain;
/// one that someone may still look at when the reader is completed is dropped instead of pooled.
/// </remarks>
internal abstract class PullPipeReader(TransportConnection connection) : PipeReader
{
    private readonly SegmentChain _chain = new();
    private readonly Lock _gate = new();
    private CancellationTokenSource _interrupt = new();
    private bool _isReceiving;
    private bool _cancelRequested;
    private bool _isCompleted;
    private bool _isHandedOut;
    private bool _examinedAll = true;
    private bool _ended;
    private Exception? _failure;

    /// <summary>Whether the peer's end was seen.</summary>
    public bool HasEnded => Volatile.Read(ref _ended);

    protected TransportConnection Connection => connection;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (TryTake(out var result, out var refusal))
        {
            return ValueTask.FromResult(result);
        }

        if (refusal is not null)
        {
            return ValueTask.FromException<ReadResult>(refusal);
        }

        return cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<ReadResult>(cancellationToken)
            : ReceiveAsync(cancellationToken);
    }

    public override bool TryRead(out ReadResult result)
    {
        if (TryTake(out result, out var refusal))
        {
            return true;
        }

        return refusal is null ? false : throw refusal;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        lock (_gate)
        {
            _isHandedOut = false;
            if (!_isCompleted)
            {
                _examinedAll = _chain.Bytes.Slice(examined).IsEmpty;
                _chain.ConsumeTo(consumed);
            }
        }
    }

    public override void CancelPendingRead()
    {
        CancellationTokenSource? interrupt;
        lock (_gate)
        {
            _cancelRequested = true;
            interrupt = _isReceiving ? _interrupt : null;
        }

        interrupt?.Cancel();
    }

    public override void Complete(Exception? exception = null)
    {
        lock (_gate)
        {
            if (_isCompleted)
            {
                return;
            }

            _isCompleted = true;
            if (!_isReceiving)
            {
                _chain.Clear(drop: _isHandedOut);
            }
        }
    }

    /// <summary>Receives up to the buffer's length; an empty buffer waits until a receive would not wait, and takes nothing. 0 = the peer's end.</summary>
    protected abstract ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken);

    /// <summary>What readers are told from now on because a receive failed.</summary>
    protected abstract Exception Translate(Exception exception);

    private bool TryTake(out ReadResult result, out Exception? refusal)
    {
        result = default;
        refusal = null;
        lock (_gate)
        {
            if (_isCompleted || _isReceiving)
            {
                refusal = new InvalidOperationException(_isCompleted ? "The reader is completed." : "Another read is pending.");
                return false;
            }

            if (connection.Fault is { } fault)
            {
                refusal = TransportConnection.ToThrow(fault);
                return false;
            }

            if (_cancelRequested || _ended || (!_examinedAll && _chain.Length > 0))
            {
                result = Take();
                return true;
            }

            refusal = _failure is null ? null : TransportConnection.ToThrow(_failure);
            return false;
        }
    }

    // Under the gate.
    private ReadResult Take()
    {
        var canceled = _cancelRequested;
        _cancelRequested = false;
        _isHandedOut = true;
        return new ReadResult(_chain.Bytes, canceled, _ended);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> ReceiveAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var interrupt = Begin();
            Exception? failure = null;
            using (cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), interrupt))
            {
                try
                {
                    // The wait holds no buffer; only then is one taken, and what is there is received at once.
                    await ReceiveAsync(Memory<byte>.Empty, interrupt.Token);
                    var received = await ReceiveAsync(_chain.GetMemory(), interrupt.Token);
                    _chain.Commit(received);
                    _chain.Adapt(received);
                    Volatile.Write(ref _ended, received == 0);
                }
                catch (Exception exception)
                {
                    failure = exception;
                }
            }

            if (TryEnd(failure, cancellationToken, out var result))
            {
                return result;
            }
        }
    }

    private CancellationTokenSource Begin()
    {
        lock (_gate)
        {
            _isReceiving = true;
            if (_interrupt.IsCancellationRequested)
            {
                _interrupt = new CancellationTokenSource();
            }

            if (_cancelRequested)
            {
                _interrupt.Cancel();
            }

            return _interrupt;
        }
    }

    // False: an interrupt that was meant for an earlier read; receive again.
    private bool TryEnd(Exception? failure, CancellationToken cancellationToken, out ReadResult result)
    {
        var interrupted = failure is OperationCanceledException && connection.Fault is null;
        if (failure is not null && !interrupted)
        {
            failure = Translate(failure);
        }

        lock (_gate)
        {
            _isReceiving = false;
            _chain.ReleaseIfEmpty();
            if (_isCompleted)
            {
                _chain.Clear();
                throw failure ?? new InvalidOperationException("The reader was completed while it was read.");
            }

            if (failure is null || (interrupted && _cancelRequested))
            {
                _examinedAll = _chain.Length == 0;
                result = Take();
                return true;
            }

            if (!interrupted)
            {
                _failure = failure;
                throw failure;
            }
        }

        cancellationToken.ThrowIfCancellationRequested();
        result = default;
        return false;
    }
}
