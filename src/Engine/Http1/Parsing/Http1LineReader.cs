using System.Buffers;

namespace Engine.Http1.Parsing;

/// <summary>Takes CRLF-ended lines off a buffer, and remembers how far an unfinished one was searched.</summary>
/// <remarks>Owned by one reader. A line across segments is copied, once and only when it is whole.</remarks>
internal sealed class Http1LineReader
{
    private byte[] _joined = [];
    private long _searched;

    /// <summary>Forgets the unfinished line.</summary>
    public void Reset() => _searched = 0;

    /// <summary>Takes the next line if it is whole.</summary>
    /// <param name="buffer">What is left to read; moves behind the line that was taken.</param>
    /// <param name="limit">Octets that the line may have, its CRLF included.</param>
    /// <param name="tooLong">What a longer line is called.</param>
    /// <param name="line">The line without CRLF; valid until the next call or until the buffer is released.</param>
    /// <exception cref="Http1Exception">The line is too long, or holds CR or LF other than CRLF at its end.</exception>
    public bool TryRead(ref ReadOnlySequence<byte> buffer, int limit, Http1Error tooLong, out ReadOnlySpan<byte> line)
    {
        var length = FindEnd(buffer);
        if ((length < 0 ? _searched : length) > limit)
        {
            throw new Http1Exception(tooLong, $"A line is larger than the {limit} octets that its limit leaves.");
        }

        if (length < 0)
        {
            line = default;
            return false;
        }

        _searched = 0;
        line = Join(buffer, (int)length);
        buffer = buffer.Slice(length);
        if (!line.EndsWith("\r\n"u8))
        {
            throw new Http1Exception(Http1Error.BareLineFeed, "A line ends in LF without CR.");
        }

        line = line[..^2];
        return line.IndexOf((byte)'\r') < 0
            ? true
            : throw new Http1Exception(Http1Error.BareCarriageReturn, "A line holds a CR that no LF follows.");
    }

    /// <summary>The octets up to and with the first LF, or -1 with all of the buffer marked as searched.</summary>
    private long FindEnd(in ReadOnlySequence<byte> buffer)
    {
        var first = buffer.FirstSpan;
        if (_searched < first.Length)
        {
            var index = first[(int)_searched..].IndexOf((byte)'\n');
            if (index >= 0)
            {
                return _searched + index + 1;
            }

            _searched = first.Length;
        }

        if (!buffer.IsSingleSegment)
        {
            var rest = buffer.Slice(_searched);
            if (rest.PositionOf((byte)'\n') is { } position)
            {
                return _searched + rest.Slice(0, position).Length + 1;
            }

            _searched = buffer.Length;
        }

        return -1;
    }

    private ReadOnlySpan<byte> Join(in ReadOnlySequence<byte> buffer, int length)
    {
        if (buffer.FirstSpan.Length >= length)
        {
            return buffer.FirstSpan[..length];
        }

        if (_joined.Length < length)
        {
            _joined = new byte[Math.Max(length, 512)];
        }

        buffer.Slice(0, length).CopyTo(_joined);
        return _joined.AsSpan(0, length);
    }
}
