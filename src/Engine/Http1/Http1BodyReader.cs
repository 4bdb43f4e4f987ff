using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Engine.Fields;
using Engine.Http1.Chunks;

namespace Engine.Http1;

/// <summary>The body of one message, its framing taken off.</summary>
/// <remarks>
/// A view into the connection's input: no byte is copied, and whatever has come is passed on at once. It completes only at the
/// body's true end; input that ends before it is an <see cref="Http1Exception"/> (<see cref="Http1Error.Truncated"/>), after the bytes
/// that did come. Not thread-safe; owned by the <see cref="Http1Reader"/> that opened it, which opens it again for the next body.
/// </remarks>
public sealed class Http1BodyReader : PipeReader
{
    private readonly PipeReader _input;
    private readonly Http1ChunkedDecoder _chunks;
    private Http1BodyKind _kind;
    private long _left;
    private long _held;
    private ReadOnlySequence<byte> _inner;
    private ReadOnlySequence<byte> _given;
    private bool _isReading;
    private bool _isClosed;

    internal Http1BodyReader(PipeReader input, Http1Limits limits)
    {
        _input = input;
        _chunks = new Http1ChunkedDecoder(limits);
    }

    /// <summary>Whether the whole body was read and consumed: the input stands at the next message.</summary>
    public bool IsEnded => _kind switch
    {
        Http1BodyKind.Chunked => _chunks.IsEnded,
        Http1BodyKind.UntilClose => _isClosed,
        _ => _left == 0,
    };

    /// <summary>The trailer section, once a read has reported completion; null if there was none.</summary>
    /// <remarks>Valid until the next body is opened.</remarks>
    public FieldList? Trailers => _kind == Http1BodyKind.Chunked && _chunks.Trailers.Count > 0 ? _chunks.Trailers : null;

    /// <inheritdoc/>
    /// <exception cref="Http1Exception">The body is truncated, or its chunks are malformed.</exception>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (IsEnded)
        {
            return new(new ReadResult(default, isCanceled: false, isCompleted: true));
        }

        var read = _input.ReadAsync(cancellationToken);
        if (!read.IsCompletedSuccessfully)
        {
            return ReadSlowAsync(read, cancellationToken);
        }

        return TryGive(read.Result, out var result) ? new(result) : ReadSlowAsync(null, cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="Http1Exception">The body is truncated, or its chunks are malformed.</exception>
    public override bool TryRead(out ReadResult result)
    {
        while (!IsEnded)
        {
            if (!_input.TryRead(out var inner))
            {
                result = default;
                return false;
            }

            if (TryGive(inner, out result))
            {
                return true;
            }
        }

        result = new ReadResult(default, isCanceled: false, isCompleted: true);
        return true;
    }

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (!_isReading)
        {
            return;
        }

        _isReading = false;
        _held = _given.Slice(consumed, examined).Length;
        if (_kind == Http1BodyKind.Chunked)
        {
            _chunks.Advance(_inner, _given, ref consumed, ref examined);
        }
        else
        {
            var taken = _given.Slice(0, consumed).Length;
            _left -= _kind == Http1BodyKind.Length ? taken : 0;
            _isClosed = _isClosed && taken == _given.Length;
        }

        _inner = default;
        _given = default;
        _input.AdvanceTo(consumed, examined);
    }

    /// <inheritdoc/>
    public override void CancelPendingRead() => _input.CancelPendingRead();

    /// <summary>Stops reading. The input stays open; <see cref="IsEnded"/> tells whether it can carry another message.</summary>
    public override void Complete(Exception? exception = null)
    {
        if (!_isReading)
        {
            return;
        }

        _isReading = false;
        _isClosed = false;
        _chunks.Forget();
        _input.AdvanceTo(_inner.Start);
        _inner = default;
        _given = default;
    }

    internal void Open(Http1Framing framing)
    {
        if (_isReading)
        {
            throw new InvalidOperationException("The last body still has a read that was not advanced.");
        }

        _kind = framing.Kind;
        _left = framing.Length;
        _held = 0;
        _isClosed = false;
        _chunks.Reset();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<ReadResult> ReadSlowAsync(ValueTask<ReadResult>? begun, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (begun is null && IsEnded)
            {
                return new ReadResult(default, isCanceled: false, isCompleted: true);
            }

            if (TryGive(await (begun ?? _input.ReadAsync(cancellationToken)), out var result))
            {
                return result;
            }

            begun = null;
        }
    }

    /// <summary>Turns a read of the input into a read of the body; false if it has nothing to give and more must be read.</summary>
    private bool TryGive(in ReadResult inner, out ReadResult result)
    {
        _inner = inner.Buffer;
        _isReading = true;
        bool isCompleted;
        try
        {
            isCompleted = Decode(inner.IsCompleted);
        }
        catch (Http1Exception)
        {
            Complete();
            throw;
        }

        if (!isCompleted && !inner.IsCanceled && _given.Length <= _held)
        {
            ThrowIfOver(inner.IsCompleted);
            AdvanceTo(_given.Start, _given.End);
            result = default;
            return false;
        }

        result = new ReadResult(_given, inner.IsCanceled, isCompleted);
        return true;
    }

    /// <summary>Sets what this read gives; true if the body ends with it.</summary>
    private bool Decode(bool isInputOver)
    {
        switch (_kind)
        {
            case Http1BodyKind.Length:
                var isWhole = _inner.Length >= _left;
                _given = isWhole ? _inner.Slice(0, _left) : _inner;
                return isWhole;
            case Http1BodyKind.Chunked:
                return _chunks.Decode(_inner, _held, out _given);
            default:
                _given = _inner;
                _isClosed = isInputOver;
                return isInputOver;
        }
    }

    private void ThrowIfOver(bool isInputOver)
    {
        if (isInputOver)
        {
            Complete();
            throw new Http1Exception(
                Http1Error.Truncated,
                _kind == Http1BodyKind.Length ? $"The input ended {_left} octets before the end of the body." : "The input ended before the last chunk.");
        }
    }
}
