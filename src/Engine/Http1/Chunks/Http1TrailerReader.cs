using System.Buffers;
using Engine.Fields;
using Engine.Http1.Parsing;

namespace Engine.Http1.Chunks;

/// <summary>The trailer section: <c>*(field-line CRLF) CRLF</c> (RFC 9112 §7.1.2).</summary>
internal sealed class Http1TrailerReader(Http1Limits limits)
{
    private readonly Http1LineReader _lines = new();
    private int _left = limits.MaxTrailerSize;

    public FieldList Fields { get; } = new();

    public void Reset()
    {
        _left = limits.MaxTrailerSize;
        _lines.Reset();
        Fields.Clear();
    }

    /// <summary>Takes the lines that are whole; true after the empty one that ends the section.</summary>
    /// <exception cref="Http1Exception">A line is malformed or forbidden here, or the section too large.</exception>
    public bool TryRead(ref ReadOnlySequence<byte> buffer)
    {
        while (_lines.TryRead(ref buffer, _left, Http1Error.TrailersTooLarge, out var line))
        {
            _left -= line.Length + 2;
            if (line.IsEmpty)
            {
                return true;
            }

            if (Fields.Count >= limits.MaxFieldCount)
            {
                throw new Http1Exception(Http1Error.TrailersTooLarge, $"The trailer section has more than {limits.MaxFieldCount} field lines.");
            }

            Http1FieldLine.Read(line, Fields);
            if (!Http1Fields.IsAllowedInTrailers(Fields[Fields.Count - 1].Name))
            {
                throw new Http1Exception(Http1Error.BadTrailer, "A trailer field frames, routes or authenticates the message (RFC 9110 §6.5.1).");
            }
        }

        return false;
    }
}
