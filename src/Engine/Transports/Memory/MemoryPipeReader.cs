using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Engine.Transports;

/// <summary>A pipe's reader that fails with its connection.</summary>
internal sealed class MemoryPipeReader(MemoryConnection owner, PipeReader inner) : PipeReader
{
    private bool _completed;

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (Refusal() is { } refusal)
        {
            return ValueTask.FromException<ReadResult>(refusal);
        }

        var read = inner.ReadAsync(cancellationToken);
        if (!read.IsCompletedSuccessfully)
        {
            return ReadSlowAsync(read);
        }

        var result = read.Result;
        return result.IsCanceled && Refusal() is { } fault ? ValueTask.FromException<ReadResult>(fault) : ValueTask.FromResult(result);
    }

    public override bool TryRead(out ReadResult result)
    {
        if (Refusal() is { } refusal)
        {
            throw refusal;
        }

        return inner.TryRead(out result);
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (!_completed)
        {
            inner.AdvanceTo(consumed, examined);
        }
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    // As on a socket the peer learns nothing of this; the bytes are let go of when the connection is disposed.
    public override void Complete(Exception? exception = null) => _completed = true;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> ReadSlowAsync(ValueTask<ReadResult> read)
    {
        var result = await read;
        return result.IsCanceled && Refusal() is { } fault ? throw fault : result;
    }

    private Exception? Refusal()
    {
        if (_completed)
        {
            return new InvalidOperationException("The reader is completed.");
        }

        return owner.Fault is { } fault ? TransportConnection.ToThrow(fault) : null;
    }
}
