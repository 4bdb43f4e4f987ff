using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;

namespace Engine.Transports;

/// <summary>A writer that sends when it is flushed, on the flusher's own stack, and waits until everything is with the system.</summary>
/// <remarks>
/// One writer at a time; <see cref="CancelPendingFlush"/> may come from other threads. A flush that is cancelled ends the wait, not the
/// send: half-sent bytes stay in order, and the next flush waits for them first.
/// </remarks>
internal abstract class PullPipeWriter : PipeWriter
{
    private readonly TransportConnection _connection;
    private readonly SegmentChain _unflushed = new();
    private readonly SegmentChain _sending = new();
    private readonly FlushGate _gate = new();
    private readonly Lock _lock = new();
    private readonly Action _onSent;
    private ValueTask _send;
    private bool _isSending;
    private bool _cancelRequested;
    private Exception? _failure;
    private Task? _completion;

    protected PullPipeWriter(TransportConnection connection)
    {
        _connection = connection;
        _onSent = OnSent;
    }

    /// <summary>The end of the output, once it was asked for.</summary>
    public Task? Completion => Volatile.Read(ref _completion);

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _unflushed.Length;

    protected TransportConnection Connection => _connection;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        ThrowIfCompleted();
        return _unflushed.GetMemory(sizeHint);
    }

    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public override void Advance(int bytes)
    {
        ThrowIfCompleted();
        _unflushed.Commit(bytes);
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfCompleted();
        return cancellationToken.IsCancellationRequested
            ? ValueTask.FromCanceled<FlushResult>(cancellationToken)
            : FlushCoreAsync(cancellationToken);
    }

    public override void CancelPendingFlush()
    {
        lock (_lock)
        {
            _cancelRequested = true;
        }

        _gate.TryOpen(FlushGate.Outcome.Canceled);
    }

    /// <summary>Ends the output after what was written; the connection sees to it. With an exception the connection is aborted.</summary>
    public override void Complete(Exception? exception = null) => _ = Start(exception);

    /// <summary>Ends the output after what was written, and waits until that is done.</summary>
    public override ValueTask CompleteAsync(Exception? exception = null) => new(Start(exception));

    /// <summary>Wakes a flush that waits, because the connection is aborted or disposed.</summary>
    public void Interrupt() => _gate.TryOpen(FlushGate.Outcome.Canceled);

    /// <summary>Gives the buffers back, unless a send still looks at them.</summary>
    public void Release()
    {
        lock (_lock)
        {
            _unflushed.Clear(drop: true);
            _sending.Clear(drop: _isSending);
        }
    }

    /// <summary>Sends all of it.</summary>
    protected abstract ValueTask SendAsync(SegmentChain bytes);

    /// <summary>Tells the peer that nothing more will come.</summary>
    protected abstract ValueTask SendEndAsync();

    /// <summary>What flushes are told from now on because a send failed.</summary>
    protected abstract Exception Translate(Exception exception);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlushResult> FlushCoreAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (TakeCancel())
            {
                return new FlushResult(isCanceled: true, isCompleted: false);
            }

            ThrowIfFailed();
            if (TryArm(out var sent))
            {
                using (cancellationToken.UnsafeRegister(static state => ((FlushGate)state!).TryOpen(FlushGate.Outcome.Canceled), _gate))
                {
                    await sent;
                }

                cancellationToken.ThrowIfCancellationRequested();
            }
            else if (_unflushed.Length == 0)
            {
                return default;
            }
            else
            {
                StartSend();
            }
        }
    }

    private bool TryArm(out ValueTask<FlushGate.Outcome> sent)
    {
        lock (_lock)
        {
            sent = _isSending && !_cancelRequested ? _gate.Arm() : default;
            return _isSending;
        }
    }

    private void StartSend()
    {
        _unflushed.Adapt(_unflushed.Length);
        _unflushed.MoveTo(_sending);
        _isSending = true;
        _send = SendAsync(_sending);
        var awaiter = _send.GetAwaiter();
        if (awaiter.IsCompleted)
        {
            OnSent();
        }
        else
        {
            awaiter.UnsafeOnCompleted(_onSent);
        }
    }

    private void OnSent()
    {
        Exception? failure = null;
        try
        {
            _send.GetAwaiter().GetResult();
        }
        catch (Exception exception)
        {
            failure = Translate(exception);
        }

        lock (_lock)
        {
            _isSending = false;
            _failure ??= failure;
            _sending.Clear(drop: failure is not null);
        }

        _gate.TryOpen(FlushGate.Outcome.Sent);
    }

    private Task Start(Exception? exception)
    {
        lock (_lock)
        {
            if (_completion is not null)
            {
                return _completion;
            }

            // Set before anything runs, so that a second call finds it.
            _completion = Task.CompletedTask;
        }

        if (exception is not null)
        {
            _connection.Abort(new ConnectionAbortedException("The output was completed with an error.", exception));
            return Task.CompletedTask;
        }

        return _completion = EndAsync();
    }

    // Failures end here: a peer that is gone cannot be told that we are done, and readers and flushes are told by themselves.
    private async Task EndAsync()
    {
        try
        {
            while ((await FlushCoreAsync(CancellationToken.None)).IsCanceled)
            {
            }

            await SendEndAsync();
        }
        catch (Exception exception)
        {
            Translate(exception);
        }
    }

    private bool TakeCancel()
    {
        lock (_lock)
        {
            var canceled = _cancelRequested;
            _cancelRequested = false;
            return canceled;
        }
    }

    private void ThrowIfFailed()
    {
        if ((_connection.Fault ?? _failure) is { } fault)
        {
            throw TransportConnection.ToThrow(fault);
        }
    }

    private void ThrowIfCompleted()
    {
        if (Completion is not null)
        {
            throw new InvalidOperationException("The writer is completed.");
        }
    }
}
