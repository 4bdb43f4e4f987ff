using Engine.Fields;

namespace Engine.Http1.Parsing;

/// <summary>One field line: <c>name ":" OWS value OWS</c> (RFC 9112 §5).</summary>
internal static class Http1FieldLine
{
    /// <summary>Adds a line, its CRLF taken off, to a list.</summary>
    /// <exception cref="Http1Exception">The line is none.</exception>
    public static void Read(ReadOnlySpan<byte> line, FieldList fields)
    {
        if (line[0] is (byte)' ' or (byte)'\t')
        {
            throw new Http1Exception(Http1Error.ObsoleteFold, "A field line is folded or begins with white space.");
        }

        var colon = line.IndexOf((byte)':');
        if (colon < 0)
        {
            throw new Http1Exception(Http1Error.BadFieldName, "A field line has no colon.");
        }

        var name = line[..colon];
        if (!FieldSyntax.IsToken(name))
        {
            throw name.EndsWith(" "u8) || name.EndsWith("\t"u8)
                ? new Http1Exception(Http1Error.SpaceBeforeColon, "White space stands between a field name and its colon.")
                : new Http1Exception(Http1Error.BadFieldName, "A field name is not a token.");
        }

        var value = line[(colon + 1)..].Trim(" \t"u8);
        if (!Http1Syntax.IsValue(value))
        {
            throw new Http1Exception(Http1Error.BadFieldValue, "A field value holds a control character.");
        }

        fields.Add(name, value);
    }
}
