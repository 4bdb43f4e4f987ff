using System.Globalization;
using System.Text;
using Engine.Fields;

namespace Engine.Http1.Parsing;

/// <summary>Message body length (RFC 9112 §6.3), with every choice between two readings refused.</summary>
internal static class Http1FramingRules
{
    public static Http1Framing OfRequest(Http1RequestHead head)
    {
        var framing = Announced(head.Fields, head.MinorVersion) ?? Http1Framing.None;
        if (head.TargetForm == Http1TargetForm.Authority && framing is not { Kind: not Http1BodyKind.Chunked, Length: 0 })
        {
            throw new Http1Exception(Http1Error.UnexpectedContent, "CONNECT has no content (RFC 9110 §9.3.6).");
        }

        return framing is { Kind: Http1BodyKind.Length, Length: 0 } ? Http1Framing.None : framing;
    }

    public static Http1Framing OfResponse(Http1ResponseHead head, ReadOnlySpan<byte> requestMethod)
    {
        var announced = Announced(head.Fields, head.MinorVersion);
        if (head.Status is < 200 or 204 or 304
            || requestMethod.SequenceEqual("HEAD"u8)
            || (head.Status < 300 && requestMethod.SequenceEqual("CONNECT"u8)))
        {
            return Http1Framing.None;
        }

        return announced ?? Http1Framing.UntilClose;
    }

    private static Http1Framing? Announced(FieldList fields, int minorVersion)
    {
        var coding = fields.IndexOf("transfer-encoding"u8);
        var length = fields.IndexOf("content-length"u8);
        if (coding >= 0)
        {
            CheckCoding(fields, coding, minorVersion);
            return length < 0
                ? Http1Framing.Chunked
                : throw new Http1Exception(Http1Error.ConflictingLength, "Content-Length stands beside Transfer-Encoding.");
        }

        if (length < 0)
        {
            return null;
        }

        if (fields.IndexOf("content-length"u8, length + 1) >= 0)
        {
            throw new Http1Exception(Http1Error.ConflictingLength, "Content-Length is there more than once.");
        }

        return Http1Framing.OfLength(ReadLength(fields, length));
    }

    private static void CheckCoding(FieldList fields, int index, int minorVersion)
    {
        if (minorVersion == 0)
        {
            throw new Http1Exception(Http1Error.UnexpectedTransferEncoding, "Transfer-Encoding in an HTTP/1.0 message.");
        }

        var value = fields[index].Value;
        if (fields.IndexOf("transfer-encoding"u8, index + 1) >= 0 || value.Length != 7 || !Ascii.EqualsIgnoreCase(value, "chunked"u8))
        {
            throw new Http1Exception(Http1Error.UnsupportedTransferEncoding, "Transfer-Encoding is not exactly 'chunked', once.");
        }
    }

    private static long ReadLength(FieldList fields, int index)
    {
        var text = fields[index].Value;
        var value = 0L;
        foreach (var digit in text)
        {
            if (!Http1Syntax.IsDigit(digit) || value > (long.MaxValue - (digit - '0')) / 10)
            {
                throw BadLength();
            }

            value = (value * 10) + digit - '0';
        }

        if (text.IsEmpty || text.Length > 19)
        {
            throw BadLength();
        }

        if (text[0] == '0' && text.Length > 1)
        {
            // A leading zero is within the grammar, but some read the number as octal: the next reader gets it without.
            fields.Set("Content-Length"u8, Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture)));
        }

        return value;
    }

    private static Http1Exception BadLength()
        => new(Http1Error.BadContentLength, "Content-Length is not one decimal number below 2^63.");
}
