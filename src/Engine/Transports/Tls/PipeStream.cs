using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Engine.Transports;

/// <summary>A duplex pipe as the stream that <see cref="System.Net.Security.SslStream"/> wants. Owns nothing.</summary>
/// <remarks>One reader and one writer at a time. Disposing does nothing: the connection below is ended by its owner.</remarks>
internal sealed class PipeStream(IDuplexPipe pipe) : Stream
{
    // While records are gathered, so many bytes are sent before the rest is encrypted.
    private const int GatherLimit = 256 * 1024;

    private const byte AlertRecord = 21;
    private const byte HandshakeRecord = 22;

    private bool _hasBegun;

    /// <summary>Whether the end of the input was reported to the reader: without close_notify before it, that is a truncation.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Whether the peer's first octet is none with which TLS begins: an alert or a handshake (RFC 8446 §5.1).</summary>
    public bool IsNotTls { get; private set; }

    /// <summary>While true, writes collect and the owner flushes, so that many records travel in one send.</summary>
    public bool IsGathering { get; set; }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var result = await pipe.Input.ReadAsync(cancellationToken);
            var bytes = result.Buffer;
            if (result.IsCanceled)
            {
                pipe.Input.AdvanceTo(bytes.Start);
                throw new OperationCanceledException("The read below TLS was cancelled.");
            }

            if (bytes.IsEmpty && !result.IsCompleted)
            {
                pipe.Input.AdvanceTo(bytes.End);
                continue;
            }

            // An empty buffer asks only whether there is something.
            var count = (int)Math.Min(bytes.Length, buffer.Length);
            HasEnded = bytes.IsEmpty;
            var taken = bytes.Slice(0, count);
            taken.CopyTo(buffer.Span);
            if (!_hasBegun && count > 0)
            {
                _hasBegun = true;
                IsNotTls = buffer.Span[0] is not (AlertRecord or HandshakeRecord);
            }

            pipe.Input.AdvanceTo(taken.End);
            return count;
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        pipe.Output.Write(buffer.Span);
        return IsGathering && pipe.Output.UnflushedBytes < GatherLimit ? ValueTask.CompletedTask : FlushPipeAsync(cancellationToken);
    }

    public async ValueTask FlushPipeAsync(CancellationToken cancellationToken)
    {
        var result = await pipe.Output.FlushAsync(cancellationToken);
        if (result.IsCompleted)
        {
            throw new ConnectionResetException("The connection was closed by the peer.");
        }
    }

    public override Task FlushAsync(CancellationToken cancellationToken) =>
        IsGathering ? Task.CompletedTask : FlushPipeAsync(cancellationToken).AsTask();

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush() => throw new NotSupportedException("Nothing here may block.");

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Nothing here may block.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Nothing here may block.");

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
