using System.Buffers;
using Engine.Fields;

namespace Engine.Http1.Chunks;

/// <summary>Takes the chunked coding off (RFC 9112 §7.1) without copying the data.</summary>
/// <remarks>
/// <code>
/// Size ─▶ Data ─▶ DataEnd ─▶ Size …      chunk-size CRLF, data, CRLF
///   └── size 0 ─▶ Trailers ─▶ Ended      *(field-line CRLF) CRLF
/// </code>
/// The kept state is that of the first octet not yet consumed; each read decodes from there, which costs a step for each chunk in
/// the buffer and none for its data. Owned by one <see cref="Http1BodyReader"/>.
/// </remarks>
internal sealed class Http1ChunkedDecoder
{
    // Bounds what chunks of one octet can make us keep for one read; the rest comes with the next.
    private const int MaxSegments = 256;

    private readonly Http1Limits _limits;
    private readonly Http1TrailerReader _trailers;
    private readonly Http1ChunkSegments _data = new();
    private (Phase Phase, long Left) _kept;
    private (Phase Phase, long Left) _now;
    private SequencePosition _end;
    private bool _needsInput;

    public Http1ChunkedDecoder(Http1Limits limits)
    {
        _limits = limits;
        _trailers = new Http1TrailerReader(limits);
    }

    private enum Phase
    {
        Size,
        Data,
        DataEnd,
        Trailers,
        Ended,
    }

    public FieldList Trailers => _trailers.Fields;

    public bool IsEnded => _kept.Phase == Phase.Ended;

    public void Reset()
    {
        _kept = default;
        _trailers.Reset();
        Forget();
    }

    /// <summary>Decodes what the input holds, from the first octet not consumed.</summary>
    /// <param name="input">The connection's input.</param>
    /// <param name="held">Data octets that the reader has seen and not consumed: only more than that is news.</param>
    /// <param name="data">The data, across chunks.</param>
    /// <returns>Whether the body ends with it.</returns>
    /// <exception cref="Http1Exception">The coding is broken and there is no data before the break left to give.</exception>
    public bool Decode(in ReadOnlySequence<byte> input, long held, out ReadOnlySequence<byte> data)
    {
        var rest = input;
        _now = _kept;
        _needsInput = true;
        try
        {
            while (Step(ref rest, held))
            {
            }
        }
        catch (Http1Exception) when (_data.Length > held)
        {
            _needsInput = false;
        }

        _end = rest.Start;
        data = _data.ToSequence();
        return _now.Phase == Phase.Ended;
    }

    /// <summary>Turns positions in the data into positions in the input, and keeps the state at the first.</summary>
    public void Advance(in ReadOnlySequence<byte> input, in ReadOnlySequence<byte> data, ref SequencePosition consumed, ref SequencePosition examined)
    {
        var examinedAll = _data.Count == 0 || data.Slice(examined).IsEmpty;
        var consumedAll = _data.Count == 0 || data.Slice(consumed).IsEmpty;
        examined = !examinedAll ? Map(input, examined).Position : _needsInput ? input.End : _end;
        if (consumedAll)
        {
            consumed = _end;
            _kept = _now;
        }
        else
        {
            (consumed, var left) = Map(input, consumed);
            _kept = (Phase.Data, left);
        }

        Forget();
    }

    /// <summary>Lets go of the input that was decoded and not advanced.</summary>
    public void Forget() => _data.Clear();

    /// <summary>Takes one element of the coding; false if it must wait for input, or for the data before it to be taken.</summary>
    private bool Step(ref ReadOnlySequence<byte> rest, long held) => _now.Phase switch
    {
        Phase.Size => ReadSize(ref rest, held),
        Phase.Data => TakeData(ref rest, held),
        Phase.DataEnd => ReadDataEnd(ref rest),
        Phase.Trailers => ReadTrailers(ref rest),
        _ => Stop(),
    };

    private bool Stop()
    {
        _needsInput = false;
        return false;
    }

    private bool ReadSize(ref ReadOnlySequence<byte> rest, long held)
    {
        var lineLength = Http1ChunkSize.Read(rest, _limits.MaxChunkLine, out var size);
        if (lineLength == 0)
        {
            return false;
        }

        if (size > 0)
        {
            rest = rest.Slice(lineLength);
            _now = (Phase.Data, size);
            return true;
        }

        return _data.Count == 0 ? BeginTrailers(ref rest, lineLength) : ReadEndBehindData(ref rest, lineLength, held);
    }

    private bool BeginTrailers(ref ReadOnlySequence<byte> rest, int lineLength)
    {
        rest = rest.Slice(lineLength);
        _trailers.Reset();
        _now = (Phase.Trailers, 0);
        return true;
    }

    /// <summary>
    /// The last chunk, with data before it that is not consumed yet, to which the kept state must be able to return. So the
    /// trailer section is taken whole or not at all; unless it is empty it waits until its reader has no more data to look at.
    /// </summary>
    private bool ReadEndBehindData(ref ReadOnlySequence<byte> rest, int lineLength, long held)
    {
        var section = rest.Slice(lineLength);
        if (_data.Length > held && !StartsWithLineEnd(section))
        {
            return Stop();
        }

        _trailers.Reset();
        if (!_trailers.TryRead(ref section))
        {
            _trailers.Reset();
            return false;
        }

        rest = section;
        _now = (Phase.Ended, 0);
        return Stop();
    }

    private bool ReadTrailers(ref ReadOnlySequence<byte> rest)
    {
        if (!_trailers.TryRead(ref rest))
        {
            return false;
        }

        _now = (Phase.Ended, 0);
        return true;
    }

    private bool TakeData(ref ReadOnlySequence<byte> rest, long held)
    {
        if (_data.Count >= MaxSegments && _data.Length > held)
        {
            return Stop();
        }

        var data = rest.Slice(0, Math.Min(_now.Left, rest.Length));
        var start = data.Start;
        var next = start;
        while (data.TryGet(ref next, out var memory))
        {
            if (!memory.IsEmpty)
            {
                _data.Add(start, memory, _now.Left);
                _now.Left -= memory.Length;
            }

            start = next;
        }

        rest = rest.Slice(data.Length);
        if (_now.Left > 0)
        {
            return false;
        }

        _now = (Phase.DataEnd, 0);
        return true;
    }

    private bool ReadDataEnd(ref ReadOnlySequence<byte> rest)
    {
        Span<byte> end = stackalloc byte[2];
        var length = (int)Math.Min(2, rest.Length);
        rest.Slice(0, length).CopyTo(end);
        if (!"\r\n"u8.StartsWith(end[..length]))
        {
            throw new Http1Exception(Http1Error.BadChunkEnd, "Chunk data is not followed by CRLF.");
        }

        if (length < 2)
        {
            return false;
        }

        rest = rest.Slice(2);
        _now = (Phase.Size, 0);
        return true;
    }

    private static (SequencePosition Position, long Left) Map(in ReadOnlySequence<byte> input, SequencePosition position)
    {
        var segment = (Http1ChunkSegment)position.GetObject()!;
        var offset = position.GetInteger();
        return (input.GetPosition(offset, segment.Start), segment.ChunkLeft - offset);
    }

    private static bool StartsWithLineEnd(in ReadOnlySequence<byte> buffer)
    {
        var reader = new SequenceReader<byte>(buffer);
        return reader.IsNext("\r\n"u8);
    }
}
