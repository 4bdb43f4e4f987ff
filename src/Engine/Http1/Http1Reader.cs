using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Engine.Http1.Parsing;

namespace Engine.Http1;

/// <summary>Reads the messages of one direction of a connection, strictly.</summary>
/// <remarks>
/// Not thread-safe, and one read at a time: head, then body to its end, then the next head. It does not own the input: what
/// follows an upgrade is read from the input itself. In the steady state reading a head allocates nothing. After an
/// <see cref="Http1Exception"/> the connection carries no further message.
/// </remarks>
public sealed class Http1Reader
{
    private readonly PipeReader _input;
    private readonly Http1Limits _limits;
    private readonly Http1LineReader _lines = new();
    private Http1BodyReader? _body;
    private int _headLeft;
    private bool _started;

    /// <summary>Creates a reader over <paramref name="input"/>.</summary>
    public Http1Reader(PipeReader input, Http1Limits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        _input = input;
        _limits = limits ?? Http1Limits.Default;
    }

    /// <summary>How the request's body ends (RFC 9112 §6.3).</summary>
    /// <remarks>A Content-Length with leading zeros is rewritten without them.</remarks>
    /// <exception cref="Http1Exception">Its framing is faulty, or two parsers could read it differently.</exception>
    public static Http1Framing RequestFraming(Http1RequestHead head)
    {
        ArgumentNullException.ThrowIfNull(head);
        return Http1FramingRules.OfRequest(head);
    }

    /// <summary>How the response's body ends, given the method that it answers (RFC 9112 §6.3).</summary>
    /// <remarks>A Content-Length with leading zeros is rewritten without them.</remarks>
    /// <exception cref="Http1Exception">Its framing is faulty, or two parsers could read it differently.</exception>
    public static Http1Framing ResponseFraming(Http1ResponseHead head, ReadOnlySpan<byte> requestMethod)
    {
        ArgumentNullException.ThrowIfNull(head);
        return Http1FramingRules.OfResponse(head, requestMethod);
    }

    /// <summary>Reads the next request head. One empty line before it is passed over (RFC 9112 §2.2).</summary>
    /// <returns>False if the input ended before its first byte: the clean end between messages.</returns>
    /// <exception cref="Http1Exception">The head is not as RFC 9112 has it, too large, or truncated.</exception>
    /// <exception cref="OperationCanceledException">The token fired, or the pending read was cancelled; what was read of the head is lost.</exception>
    public ValueTask<bool> ReadRequestHeadAsync(Http1RequestHead head, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(head);
        return ReadHeadAsync(head, cancellationToken);
    }

    /// <summary>Reads the next response head; each 1xx is one of its own.</summary>
    /// <returns>False if the input ended before its first byte.</returns>
    /// <exception cref="Http1Exception">The head is not as RFC 9112 has it, too large, or truncated.</exception>
    /// <exception cref="OperationCanceledException">The token fired, or the pending read was cancelled; what was read of the head is lost.</exception>
    public ValueTask<bool> ReadResponseHeadAsync(Http1ResponseHead head, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(head);
        return ReadHeadAsync(head, cancellationToken);
    }

    /// <summary>Opens the body that follows the head just read.</summary>
    /// <remarks>The same object is handed out for every body: only one is open at a time.</remarks>
    public Http1BodyReader OpenBody(Http1Framing framing)
    {
        _body ??= new Http1BodyReader(_input, _limits);
        _body.Open(framing);
        return _body;
    }

    private ValueTask<bool> ReadHeadAsync(IHttp1Head head, CancellationToken cancellationToken)
    {
        head.Clear();
        _lines.Reset();
        _headLeft = _limits.MaxHeadSize;
        _started = false;
        var read = _input.ReadAsync(cancellationToken);
        if (!read.IsCompletedSuccessfully)
        {
            return ReadHeadSlowAsync(head, read, cancellationToken);
        }

        return TryTake(head, read.Result, cancellationToken) is { } isHead
            ? new ValueTask<bool>(isHead)
            : ReadHeadSlowAsync(head, _input.ReadAsync(cancellationToken), cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> ReadHeadSlowAsync(IHttp1Head head, ValueTask<ReadResult> read, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (TryTake(head, await read, cancellationToken) is { } isHead)
            {
                return isHead;
            }

            read = _input.ReadAsync(cancellationToken);
        }
    }

    /// <summary>Takes what one read brought: true for a head, false for the end of the input, null if more must come.</summary>
    private bool? TryTake(IHttp1Head head, in ReadResult result, CancellationToken cancellationToken)
    {
        var rest = result.Buffer;
        var isWhole = false;
        try
        {
            isWhole = TryReadLines(head, ref rest);
        }
        finally
        {
            _input.AdvanceTo(rest.Start, isWhole ? rest.Start : result.Buffer.End);
        }

        if (isWhole)
        {
            head.Finish();
            return true;
        }

        if (result.IsCanceled)
        {
            throw new OperationCanceledException("Reading the head was cancelled.", cancellationToken);
        }

        if (!result.IsCompleted)
        {
            return null;
        }

        return _started || !rest.IsEmpty ? throw Truncated() : false;
    }

    /// <summary>Reads the lines that are whole; true after the empty one that ends the head.</summary>
    private bool TryReadLines(IHttp1Head head, ref ReadOnlySequence<byte> rest)
    {
        while (true)
        {
            var limit = _started ? _headLeft : Math.Min(_headLeft, head.StartLineLimit(_limits));
            var tooLong = _started ? Http1Error.HeadTooLarge : head.StartLineTooLong;
            if (!_started && !rest.IsEmpty)
            {
                CheckFirst(head, rest.FirstSpan);
            }

            if (!_lines.TryRead(ref rest, limit, tooLong, out var line))
            {
                return false;
            }

            _headLeft -= line.Length + 2;
            if (TakeLine(head, line))
            {
                return true;
            }
        }
    }

    private bool TakeLine(IHttp1Head head, ReadOnlySpan<byte> line)
    {
        if (!_started)
        {
            if (line.IsEmpty && head.PassesEmptyLine && _headLeft == _limits.MaxHeadSize - 2)
            {
                return false;
            }

            head.ReadStartLine(line, _limits);
            _started = true;
            return false;
        }

        if (line.IsEmpty)
        {
            return true;
        }

        if (head.Fields.Count >= _limits.MaxFieldCount)
        {
            throw new Http1Exception(Http1Error.TooManyFields, $"The head has more than {_limits.MaxFieldCount} field lines.");
        }

        Http1FieldLine.Read(line, head.Fields);
        return false;
    }

    /// <summary>Refuses what can be no HTTP/1 at its first byte: a TLS hello, say, need not be waited out.</summary>
    private static void CheckFirst(IHttp1Head head, ReadOnlySpan<byte> bytes)
    {
        if (!bytes.IsEmpty && !head.CanStartWith(bytes[0]) && !(head.PassesEmptyLine && bytes[0] is (byte)'\r' or (byte)'\n'))
        {
            throw head is Http1RequestHead
                ? new Http1Exception(Http1Error.BadRequestLine, "The input does not begin with a method: it is not HTTP/1.")
                : new Http1Exception(Http1Error.BadStatusLine, "The input does not begin with 'HTTP/': it is not HTTP/1.");
        }
    }

    private static Http1Exception Truncated() => new(Http1Error.Truncated, "The input ended inside a head.");
}
