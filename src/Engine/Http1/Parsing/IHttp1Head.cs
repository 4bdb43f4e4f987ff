using Engine.Fields;

namespace Engine.Http1.Parsing;

/// <summary>What the head reader needs to know of the head that it fills.</summary>
internal interface IHttp1Head
{
    FieldList Fields { get; }

    /// <summary>Whether one empty line before the start line is passed over (RFC 9112 §2.2).</summary>
    bool PassesEmptyLine { get; }

    /// <summary>What a start line longer than <see cref="StartLineLimit"/> is called.</summary>
    Http1Error StartLineTooLong { get; }

    int StartLineLimit(Http1Limits limits);

    /// <summary>Whether a start line can begin so; what cannot is refused before its line has ended.</summary>
    bool CanStartWith(byte first);

    void ReadStartLine(ReadOnlySpan<byte> line, Http1Limits limits);

    /// <summary>Checks what only the whole head can show.</summary>
    void Finish();

    void Clear();
}
