using System.Buffers;
using System.IO.Pipelines;

namespace Engine.Tests.Http1;

/// <summary>An input that gives the same bytes at every read, without allocating.</summary>
internal sealed class RepeatingReader(byte[] bytes) : PipeReader
{
    public override void AdvanceTo(SequencePosition consumed)
    {
    }

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
    }

    public override void CancelPendingRead()
    {
    }

    public override void Complete(Exception? exception = null)
    {
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        => new(new ReadResult(new ReadOnlySequence<byte>(bytes), false, false));

    public override bool TryRead(out ReadResult result)
    {
        result = new ReadResult(new ReadOnlySequence<byte>(bytes), false, false);
        return true;
    }
}
