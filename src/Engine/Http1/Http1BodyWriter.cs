using System.IO.Pipelines;
using Engine.Fields;

namespace Engine.Http1;

/// <summary>Writes the body of one message in its framing.</summary>
public sealed class Http1BodyWriter : PipeWriter
{
    /// <summary>Creates a writer for the body that follows a head already written to <paramref name="output"/>.</summary>
    public Http1BodyWriter(PipeWriter output, Http1Framing framing)
    {
        ArgumentNullException.ThrowIfNull(output);
        _ = framing;
    }

    /// <summary>Whether the message is complete: every announced byte, or the last chunk, is written.</summary>
    public bool IsEnded => throw new NotSupportedException();

    /// <summary>Ends a chunked body with a trailer section.</summary>
    public void WriteTrailers(FieldList trailers) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Advance(int bytes) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void CancelPendingFlush() => throw new NotSupportedException();

    /// <summary>Ends the message; the connection's output stays open. Unflushed bytes leave with the next flush of the output.</summary>
    public override void Complete(Exception? exception = null) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
