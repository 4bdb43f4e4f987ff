using System.Buffers;
using System.Text;
using Engine.Fields;
using Engine.Http1.Parsing;

namespace Engine.Http1;

/// <summary>Writes heads. Nothing is written unless the whole of the head is well formed.</summary>
/// <remarks>What frames the message (Content-Length, Transfer-Encoding) is the caller's to put into the fields.</remarks>
public static class Http1Writer
{
    /// <summary>Writes a request head as HTTP/1.1.</summary>
    /// <exception cref="Http1Exception">The method, the target or a field holds what would break the head apart.</exception>
    public static void WriteRequestHead(IBufferWriter<byte> output, ReadOnlySpan<byte> method, ReadOnlySpan<byte> target, FieldList fields)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(fields);
        if (!FieldSyntax.IsToken(method))
        {
            throw new Http1Exception(Http1Error.BadMethod, "The method is not a token.");
        }

        if (!Http1Syntax.IsTargetText(target))
        {
            throw new Http1Exception(Http1Error.BadTarget, "The request target is empty or holds a space, a control character or '#'.");
        }

        var fieldsSize = MeasureFields(fields);
        var size = method.Length + 1 + target.Length + " HTTP/1.1\r\n"u8.Length + fieldsSize + 2;
        var span = output.GetSpan(size);
        var at = Put(span, 0, method);
        span[at++] = (byte)' ';
        at = Put(span, at, target);
        at = Put(span, at, " HTTP/1.1\r\n"u8);
        at = PutFields(span, at, fields);
        output.Advance(Put(span, at, "\r\n"u8));
    }

    /// <summary>Writes a response head as HTTP/1.1; an empty reason is replaced by the registered one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The status has not three digits.</exception>
    /// <exception cref="Http1Exception">The reason or a field holds what would break the head apart.</exception>
    public static void WriteResponseHead(IBufferWriter<byte> output, int status, ReadOnlySpan<byte> reason, FieldList fields)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(fields);
        ArgumentOutOfRangeException.ThrowIfLessThan(status, 100);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(status, 999);
        if (!Http1Syntax.IsValue(reason))
        {
            throw new Http1Exception(Http1Error.BadStatusLine, "The reason holds a control character.");
        }

        var phrase = reason.IsEmpty ? Http1Reasons.Of(status) : reason;
        var size = "HTTP/1.1 000 "u8.Length + phrase.Length + 2 + MeasureFields(fields) + 2;
        var span = output.GetSpan(size);
        var at = Put(span, 0, "HTTP/1.1 "u8);
        span[at++] = (byte)('0' + (status / 100));
        span[at++] = (byte)('0' + (status / 10 % 10));
        span[at++] = (byte)('0' + (status % 10));
        span[at++] = (byte)' ';
        at = Put(span, at, phrase);
        at = Put(span, at, "\r\n"u8);
        at = PutFields(span, at, fields);
        output.Advance(Put(span, at, "\r\n"u8));
    }

    /// <summary>Writes the last chunk and the trailer section behind it.</summary>
    internal static void WriteLastChunk(IBufferWriter<byte> output, FieldList? trailers)
    {
        if (trailers is null || trailers.Count == 0)
        {
            output.Write("0\r\n\r\n"u8);
            return;
        }

        var size = 3 + MeasureFields(trailers) + 2;
        var span = output.GetSpan(size);
        var at = PutFields(span, Put(span, 0, "0\r\n"u8), trailers);
        output.Advance(Put(span, at, "\r\n"u8));
    }

    /// <summary>Checks every line and adds up what they take.</summary>
    private static int MeasureFields(FieldList fields)
    {
        var size = 0;
        foreach (var field in fields)
        {
            if (!FieldSyntax.IsToken(field.Name))
            {
                throw new Http1Exception(Http1Error.BadFieldName, $"The field name '{Shown(field.Name)}' is not a token.");
            }

            if (!Http1Syntax.IsValue(field.Value))
            {
                throw new Http1Exception(Http1Error.BadFieldValue, $"The value of the field '{Shown(field.Name)}' holds a control character.");
            }

            size += field.Name.Length + 2 + field.Value.Length + 2;
        }

        return size;
    }

    private static string Shown(ReadOnlySpan<byte> name)
    {
        var text = Encoding.Latin1.GetString(name[..Math.Min(name.Length, 64)]).ToCharArray();
        for (var i = 0; i < text.Length; i++)
        {
            text[i] = text[i] is < ' ' or > '~' ? '?' : text[i];
        }

        return new string(text);
    }

    private static int PutFields(Span<byte> span, int at, FieldList fields)
    {
        foreach (var field in fields)
        {
            at = Put(span, at, field.Name);
            at = Put(span, at, ": "u8);
            at = Put(span, at, field.Value);
            at = Put(span, at, "\r\n"u8);
        }

        return at;
    }

    private static int Put(Span<byte> span, int at, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(span[at..]);
        return at + bytes.Length;
    }
}
