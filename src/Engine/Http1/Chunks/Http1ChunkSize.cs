using System.Buffers;

namespace Engine.Http1.Chunks;

/// <summary>The chunk-size line: <c>1*HEXDIG CRLF</c> (RFC 9112 §7.1).</summary>
/// <remarks>
/// Extensions are refused: no one sends them but to hide one request in another from a parser that skips them differently.
/// White space before the CRLF is refused for the same reason.
/// </remarks>
internal static class Http1ChunkSize
{
    /// <summary>Reads the line at the front of <paramref name="buffer"/>.</summary>
    /// <returns>The octets of the line, CRLF included; 0 if it is not whole.</returns>
    /// <exception cref="Http1Exception">The line is malformed or the size does not fit 63 bits.</exception>
    public static int Read(in ReadOnlySequence<byte> buffer, int limit, out long size)
    {
        size = 0;
        var reader = new SequenceReader<byte>(buffer);
        while (reader.TryRead(out var octet))
        {
            var digit = HexValue(octet);
            if (digit < 0)
            {
                return ReadEnd(ref reader, octet);
            }

            if (reader.Consumed > limit - 2 || size > (long.MaxValue >> 4))
            {
                throw new Http1Exception(Http1Error.BadChunkSize, "A chunk size has too many digits.");
            }

            size = (size << 4) | (long)digit;
        }

        return 0;
    }

    private static int ReadEnd(ref SequenceReader<byte> reader, byte octet)
    {
        if (reader.Consumed == 1)
        {
            throw new Http1Exception(Http1Error.BadChunkSize, "A chunk line does not begin with a hexadecimal digit.");
        }

        if (octet != '\r')
        {
            throw octet switch
            {
                (byte)'\n' => new Http1Exception(Http1Error.BareLineFeed, "A chunk line ends in LF without CR."),
                (byte)';' or (byte)' ' or (byte)'\t' => new Http1Exception(Http1Error.ChunkExtension, "A chunk size is followed by an extension or white space."),
                _ => new Http1Exception(Http1Error.BadChunkSize, "A chunk size is not hexadecimal."),
            };
        }

        if (!reader.TryRead(out var lineFeed))
        {
            return 0;
        }

        return lineFeed == '\n'
            ? (int)reader.Consumed
            : throw new Http1Exception(Http1Error.BareCarriageReturn, "A chunk line holds a CR that no LF follows.");
    }

    private static int HexValue(byte octet) => octet switch
    {
        >= (byte)'0' and <= (byte)'9' => octet - '0',
        >= (byte)'a' and <= (byte)'f' => octet - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => octet - 'A' + 10,
        _ => -1,
    };
}
