using System.Buffers;
using System.IO.Pipelines;

namespace Engine.Testing;

/// <summary>
/// An input whose bytes come in the given pieces, each a segment of its own, and then end. A read that finds everything examined
/// gets the next piece, so that a reader that examines too little or too much is found out. Synchronous throughout.
/// </summary>
public sealed class CutPipeReader : PipeReader
{
    private readonly Queue<byte[]> _pieces = new();
    private readonly Exception? _end;
    private readonly List<byte[]> _buffered = [];
    private ReadOnlySequence<byte> _given;
    private long _consumedOfFirst;
    private bool _examinedAll = true;
    private bool _isReading;

    /// <summary>Creates the input.</summary>
    /// <param name="pieces">What each read adds.</param>
    /// <param name="end">How it ends: null for cleanly.</param>
    public CutPipeReader(IEnumerable<byte[]> pieces, Exception? end = null)
    {
        foreach (var piece in pieces)
        {
            _pieces.Enqueue(piece);
        }

        _end = end;
    }

    /// <summary>Octets that no one has consumed.</summary>
    public long Left => (_isReading ? _given.Length : Buffered().Length) + _pieces.Sum(piece => (long)piece.Length);

    /// <summary>How often <see cref="ReadAsync"/> had to fetch another piece.</summary>
    public int Fetches { get; private set; }

    /// <summary>The input in two pieces, cut at <paramref name="at"/>.</summary>
    public static CutPipeReader CutAt(ReadOnlySpan<byte> bytes, int at) => new([bytes[..at].ToArray(), bytes[at..].ToArray()]);

    /// <summary>The input one byte at a time.</summary>
    public static CutPipeReader ByteByByte(byte[] bytes) => new(bytes.Select(octet => new[] { octet }));

    /// <summary>The input as a whole.</summary>
    public static CutPipeReader Whole(params byte[] bytes) => new([bytes]);

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (!_isReading)
        {
            throw new InvalidOperationException("AdvanceTo without a read.");
        }

        _isReading = false;
        var taken = _given.Slice(0, consumed).Length;
        _ = _given.Slice(consumed, examined); // throws if examined lies before consumed
        _examinedAll = _given.Slice(examined).IsEmpty;
        _consumedOfFirst += taken;
        while (_buffered.Count > 0 && _consumedOfFirst >= _buffered[0].Length)
        {
            _consumedOfFirst -= _buffered[0].Length;
            _buffered.RemoveAt(0);
        }
    }

    public override void CancelPendingRead() => throw new NotSupportedException();

    public override void Complete(Exception? exception = null)
    {
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (_isReading)
        {
            throw new InvalidOperationException("A read before the last one was advanced.");
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (_examinedAll && _pieces.TryDequeue(out var piece))
        {
            Fetches++;
            if (piece.Length > 0)
            {
                _buffered.Add(piece);
            }
        }
        else if (_examinedAll && _end is not null)
        {
            throw _end;
        }

        _given = Buffered();
        _isReading = true;
        return new(new ReadResult(_given, false, _pieces.Count == 0 && _end is null));
    }

    public override bool TryRead(out ReadResult result)
    {
        if (_examinedAll && _pieces.Count == 0 && _buffered.Count == 0 && _end is not null)
        {
            throw _end;
        }

        result = ReadAsync().GetAwaiter().GetResult();
        return true;
    }

    private ReadOnlySequence<byte> Buffered()
    {
        if (_buffered.Count == 0)
        {
            return default;
        }

        var first = new Segment(_buffered[0], null);
        var last = first;
        foreach (var piece in _buffered.Skip(1))
        {
            last = new Segment(piece, last);
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length).Slice(_consumedOfFirst);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] piece, Segment? previous)
        {
            Memory = piece;
            if (previous is not null)
            {
                RunningIndex = previous.RunningIndex + previous.Memory.Length;
                previous.Next = this;
            }
        }
    }
}
