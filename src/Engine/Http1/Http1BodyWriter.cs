using System.IO.Pipelines;
using System.Numerics;
using Engine.Fields;

namespace Engine.Http1;

/// <summary>Writes the body of one message in its framing.</summary>
/// <remarks>
/// Not thread-safe. It ends the message, never the connection's output, which stays the caller's. A chunk is what one
/// <see cref="Advance"/> or one write hands over. Completed with an exception, or not at all, the message stays unfinished on
/// purpose: the caller then cuts the connection, so that its reader sees the body as truncated.
/// </remarks>
public sealed class Http1BodyWriter : PipeWriter
{
    private readonly PipeWriter _output;
    private Http1BodyKind _kind;
    private long _left;
    private Memory<byte> _chunk;
    private int _prefix;
    private bool _isEnded;

    /// <summary>Creates a writer for the body that follows a head already written to <paramref name="output"/>.</summary>
    public Http1BodyWriter(PipeWriter output, Http1Framing framing)
    {
        ArgumentNullException.ThrowIfNull(output);
        _output = output;
        Open(framing);
    }

    /// <summary>Whether the message is complete: every announced octet, or the last chunk, is written.</summary>
    public bool IsEnded => _isEnded || (_left == 0 && _kind is Http1BodyKind.None or Http1BodyKind.Length);

    /// <inheritdoc/>
    public override bool CanGetUnflushedBytes => _output.CanGetUnflushedBytes;

    /// <inheritdoc/>
    public override long UnflushedBytes => _output.UnflushedBytes;

    /// <summary>Begins the body of another message over the same output.</summary>
    public void Open(Http1Framing framing)
    {
        _kind = framing.Kind;
        _left = framing.Length;
        _chunk = default;
        _isEnded = false;
    }

    /// <summary>Ends a chunked body with a trailer section; only <see cref="PipeWriter.CompleteAsync"/> may follow.</summary>
    /// <exception cref="InvalidOperationException">The body is not chunked, or has ended.</exception>
    /// <exception cref="Http1Exception">A field is malformed, or forbidden in a trailer section; nothing was written.</exception>
    public void WriteTrailers(FieldList trailers)
    {
        ArgumentNullException.ThrowIfNull(trailers);
        if (_kind != Http1BodyKind.Chunked || _isEnded)
        {
            throw new InvalidOperationException("Only a chunked body that has not ended takes trailers.");
        }

        foreach (var field in trailers)
        {
            if (!Http1Fields.IsAllowedInTrailers(field.Name))
            {
                throw new Http1Exception(Http1Error.BadTrailer, "A trailer field frames, routes or authenticates the message (RFC 9110 §6.5.1).");
            }
        }

        Http1Writer.WriteLastChunk(_output, trailers);
        _isEnded = true;
    }

    /// <inheritdoc/>
    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_kind != Http1BodyKind.Chunked)
        {
            return _output.GetMemory(sizeHint);
        }

        // Room for the size line before the data and for CRLF behind it. How wide the line is depends on what Advance will say:
        // there is room for the widest, and Advance closes the gap.
        sizeHint = Math.Max(sizeHint, 1);
        _chunk = _output.GetMemory(sizeHint + SizeLineLength(sizeHint) + 1 + 2);
        _prefix = SizeLineLength(_chunk.Length);
        return _chunk[_prefix..^2];
    }

    /// <inheritdoc/>
    public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc/>
    /// <exception cref="Http1Exception">The body would become longer than its head announced.</exception>
    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        if (bytes == 0)
        {
            return;
        }

        Count(bytes);
        _output.Advance(_kind == Http1BodyKind.Chunked ? CloseChunk(bytes) : bytes);
    }

    /// <inheritdoc/>
    /// <exception cref="Http1Exception">The body would become longer than its head announced; nothing was written.</exception>
    public override ValueTask<FlushResult> WriteAsync(ReadOnlyMemory<byte> source, CancellationToken cancellationToken = default)
    {
        Write(source.Span);
        return _output.FlushAsync(cancellationToken);
    }

    /// <summary>Writes without flushing: one chunk, of whatever size.</summary>
    /// <exception cref="Http1Exception">The body would become longer than its head announced; nothing was written.</exception>
    public void Write(ReadOnlySpan<byte> source)
    {
        if (source.IsEmpty)
        {
            return;
        }

        Count(source.Length);
        if (_kind != Http1BodyKind.Chunked)
        {
            System.Buffers.BuffersExtensions.Write(_output, source);
            return;
        }

        Span<byte> line = stackalloc byte[10];
        System.Buffers.BuffersExtensions.Write(_output, line[..PutSizeLine(line, source.Length)]);
        System.Buffers.BuffersExtensions.Write(_output, source);
        System.Buffers.BuffersExtensions.Write(_output, "\r\n"u8);
    }

    /// <inheritdoc/>
    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => _output.FlushAsync(cancellationToken);

    /// <inheritdoc/>
    public override void CancelPendingFlush() => _output.CancelPendingFlush();

    /// <summary>Ends the message; the connection's output stays open. What is unflushed leaves with the output's next flush.</summary>
    /// <exception cref="Http1Exception">Fewer octets were written than the head announced.</exception>
    public override void Complete(Exception? exception = null)
    {
        if (exception is not null || IsEnded)
        {
            return;
        }

        if (_kind == Http1BodyKind.Length)
        {
            throw new Http1Exception(Http1Error.LengthMismatch, $"The body ended {_left} octets before what its head announced.");
        }

        if (_kind == Http1BodyKind.Chunked)
        {
            Http1Writer.WriteLastChunk(_output, null);
        }

        _isEnded = true;
    }

    /// <summary>Ends the message and flushes it; the connection's output stays open.</summary>
    /// <exception cref="Http1Exception">Fewer octets were written than the head announced.</exception>
    public override async ValueTask CompleteAsync(Exception? exception = null)
    {
        Complete(exception);
        if (exception is null)
        {
            await _output.FlushAsync();
        }
    }

    private void Count(int bytes)
    {
        if (_isEnded || (_kind is Http1BodyKind.None or Http1BodyKind.Length && bytes > _left))
        {
            throw new Http1Exception(Http1Error.LengthMismatch, "The body is longer than its head announced, or has ended.");
        }

        _left -= _kind == Http1BodyKind.Length ? bytes : 0;
    }

    private int CloseChunk(int bytes)
    {
        var span = _chunk.Span;
        var prefix = SizeLineLength(bytes);
        if (prefix < _prefix)
        {
            span.Slice(_prefix, bytes).CopyTo(span[prefix..]);
        }

        PutSizeLine(span, bytes);
        "\r\n"u8.CopyTo(span[(prefix + bytes)..]);
        _chunk = default;
        return prefix + bytes + 2;
    }

    private static int SizeLineLength(int size) => HexDigits(size) + 2;

    private static int HexDigits(int size) => (35 - BitOperations.LeadingZeroCount((uint)size)) / 4;

    private static int PutSizeLine(Span<byte> line, int size)
    {
        var digits = HexDigits(size);
        for (var i = digits - 1; i >= 0; i--)
        {
            line[i] = "0123456789abcdef"u8[size & 15];
            size >>= 4;
        }

        "\r\n"u8.CopyTo(line[digits..]);
        return digits + 2;
    }
}
