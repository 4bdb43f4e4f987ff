using Engine.Fields;
using Engine.Http1.Parsing;

namespace Engine.Http1;

/// <summary>A status line and its fields, made to be read into again and again.</summary>
/// <remarks>Owned by one message at a time and not thread-safe; what it hands out is valid until the next read or <see cref="Clear"/>.</remarks>
public sealed class Http1ResponseHead : IHttp1Head
{
    private byte[] _reason = [];
    private int _reasonLength;

    /// <summary>The status code, 100 to 999.</summary>
    public int Status { get; private set; }

    /// <summary>The reason phrase as it was sent; may be empty.</summary>
    public ReadOnlySpan<byte> Reason => _reason.AsSpan(0, _reasonLength);

    /// <summary>1 for HTTP/1.1, 0 for HTTP/1.0.</summary>
    public int MinorVersion { get; private set; }

    /// <summary>The field lines.</summary>
    public FieldList Fields { get; } = new();

    /// <summary>Whether this is an interim answer (RFC 9110 §15.2); 101 counts as final.</summary>
    public bool IsInformational => Status is >= 100 and < 200 and not 101;

    /// <summary>Whether the sender keeps the connection open afterwards (RFC 9112 §9.3).</summary>
    public bool IsPersistent => Http1Fields.IsPersistent(MinorVersion, Fields);

    /// <summary>Empties the head and keeps its buffers.</summary>
    public void Clear()
    {
        Status = 0;
        _reasonLength = 0;
        MinorVersion = 0;
        Fields.Clear();
    }

    bool IHttp1Head.PassesEmptyLine => false;

    Http1Error IHttp1Head.StartLineTooLong => Http1Error.HeadTooLarge;

    int IHttp1Head.StartLineLimit(Http1Limits limits) => limits.MaxHeadSize;

    bool IHttp1Head.CanStartWith(byte first) => first == 'H';

    /// <remarks>
    /// RFC 9112 §4 wants the second space even before an empty reason. Too many servers leave it out, and nothing can be read
    /// two ways for it, so that it may be missing.
    /// </remarks>
    void IHttp1Head.ReadStartLine(ReadOnlySpan<byte> line, Http1Limits limits)
    {
        if (line.Length < 12 || line[8] != ' ' || (line.Length > 12 && line[12] != ' '))
        {
            throw new Http1Exception(Http1Error.BadStatusLine, "The status line is not version, three digits and reason with one space between.");
        }

        var minorVersion = Http1Syntax.MinorVersion(line[..8], Http1Error.BadStatusLine);
        var reason = line.Length > 13 ? line[13..] : default;
        if (line[9] is < (byte)'1' or > (byte)'9' || !Http1Syntax.IsDigit(line[10]) || !Http1Syntax.IsDigit(line[11]) || !Http1Syntax.IsValue(reason))
        {
            throw new Http1Exception(Http1Error.BadStatusLine, "The status is not three digits from 100 on, or the reason holds a control character.");
        }

        SetLine(((line[9] - '0') * 100) + ((line[10] - '0') * 10) + line[11] - '0', reason, minorVersion);
    }

    void IHttp1Head.Finish()
    {
    }

    private void SetLine(int status, ReadOnlySpan<byte> reason, int minorVersion)
    {
        if (_reason.Length < reason.Length)
        {
            _reason = new byte[Math.Max(reason.Length, 32)];
        }

        reason.CopyTo(_reason);
        _reasonLength = reason.Length;
        Status = status;
        MinorVersion = minorVersion;
    }
}
