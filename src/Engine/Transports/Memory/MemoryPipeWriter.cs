using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;

namespace Engine.Transports;

/// <summary>A pipe's writer that fails with its connection.</summary>
internal sealed class MemoryPipeWriter(MemoryConnection owner, PipeWriter inner) : PipeWriter
{
    private int _completed;
    private bool _hasUnflushed;

    public bool IsCompleted => Volatile.Read(ref _completed) != 0;

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => inner.UnflushedBytes;

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        ThrowIfCompleted();
        return inner.GetMemory(sizeHint);
    }

    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        ThrowIfCompleted();
        return inner.GetSpan(sizeHint);
    }

    public override void Advance(int bytes)
    {
        ThrowIfCompleted();
        inner.Advance(bytes);
        _hasUnflushed |= bytes > 0;
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        ThrowIfCompleted();
        if (owner.Fault is { } fault)
        {
            return ValueTask.FromException<FlushResult>(TransportConnection.ToThrow(fault));
        }

        // The pipe itself forgets what is written when its reader is gone, so it is not asked.
        var hasUnflushed = _hasUnflushed;
        _hasUnflushed = false;
        if (hasUnflushed && owner.IsPeerDisposed)
        {
            return ValueTask.FromException<FlushResult>(new ConnectionResetException("The connection was closed by the peer."));
        }

        var flush = inner.FlushAsync(cancellationToken);
        if (!flush.IsCompletedSuccessfully)
        {
            return FlushSlowAsync(flush);
        }

        var result = Judge(flush.Result);
        return result.IsCanceled && owner.Fault is { } aborted
            ? ValueTask.FromException<FlushResult>(TransportConnection.ToThrow(aborted))
            : ValueTask.FromResult(result);
    }

    public override void CancelPendingFlush() => inner.CancelPendingFlush();

    /// <summary>Ends the direction. With an exception the connection is aborted: an output that failed must not look complete.</summary>
    public override void Complete(Exception? exception = null)
    {
        if (exception is not null && !IsCompleted)
        {
            owner.Abort(new ConnectionAbortedException("The output was completed with an error.", exception));
        }

        CompleteInner();
    }

    internal void CompleteInner()
    {
        if (Interlocked.Exchange(ref _completed, 1) == 0)
        {
            inner.Complete();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<FlushResult> FlushSlowAsync(ValueTask<FlushResult> flush)
    {
        var result = Judge(await flush);
        return result.IsCanceled && owner.Fault is { } fault ? throw TransportConnection.ToThrow(fault) : result;
    }

    // A peer that disposed its end meanwhile: as over TCP the bytes are sent, and the next flush finds the reset.
    private static FlushResult Judge(FlushResult result) => new(result.IsCanceled, isCompleted: false);

    private void ThrowIfCompleted()
    {
        if (IsCompleted)
        {
            throw new InvalidOperationException("The writer is completed.");
        }
    }
}
