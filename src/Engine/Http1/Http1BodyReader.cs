using System.IO.Pipelines;
using Engine.Fields;

namespace Engine.Http1;

/// <summary>The body of one message, its framing taken off.</summary>
public sealed class Http1BodyReader : PipeReader
{
    internal Http1BodyReader()
    {
    }

    /// <summary>Whether the whole message was read and consumed: the connection stands at the next one.</summary>
    public bool IsEnded => throw new NotSupportedException();

    /// <summary>The trailer section, once a read has reported completion; null if there was none.</summary>
    public FieldList? Trailers => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void CancelPendingRead() => throw new NotSupportedException();

    /// <summary>Stops reading. The input stays open; <see cref="IsEnded"/> tells whether it can carry another message.</summary>
    public override void Complete(Exception? exception = null) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result) => throw new NotSupportedException();
}
