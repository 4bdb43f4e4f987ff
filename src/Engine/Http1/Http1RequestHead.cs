using Engine.Fields;
using Engine.Http1.Parsing;

namespace Engine.Http1;

/// <summary>A request line and its fields, made to be read into again and again.</summary>
/// <remarks>Owned by one message at a time and not thread-safe; what it hands out is valid until the next read or <see cref="Clear"/>.</remarks>
public sealed class Http1RequestHead : IHttp1Head
{
    private byte[] _line = [];
    private int _methodLength;
    private Http1Target _target;

    /// <summary>The method, case kept.</summary>
    public ReadOnlySpan<byte> Method => _line.AsSpan(0, _methodLength);

    /// <summary>The request target as it was sent.</summary>
    public ReadOnlySpan<byte> Target => _line.AsSpan(_methodLength, _target.Length);

    /// <summary>Which of the four forms the target has.</summary>
    public Http1TargetForm TargetForm => _target.Form;

    /// <summary>1 for HTTP/1.1, 0 for HTTP/1.0.</summary>
    public int MinorVersion { get; private set; }

    /// <summary>The field lines.</summary>
    public FieldList Fields { get; } = new();

    /// <summary>
    /// The server asked for: the authority in the target if it has one, otherwise Host; empty if there is neither. Where both
    /// are there they name the same server, or the head was refused.
    /// </summary>
    public ReadOnlySpan<byte> Authority
    {
        get
        {
            if (_target.AuthorityLength > 0)
            {
                return Target.Slice(_target.AuthorityStart, _target.AuthorityLength);
            }

            return Fields.TryGet("host"u8, out var host) ? host : default;
        }
    }

    /// <summary>Path and query as they were sent: <c>/</c> for an absolute target without a path, <c>*</c> for an asterisk, empty with CONNECT.</summary>
    public ReadOnlySpan<byte> PathAndQuery => _target.PathOf(Target);

    /// <summary>Whether <see cref="PathAndQuery"/> begins with the query, as in <c>http://host?q</c>: whoever forwards it writes <c>/</c> before it.</summary>
    public bool PathIsMissing => _target.Form == Http1TargetForm.Absolute && PathAndQuery[0] != (byte)'/';

    /// <summary>Whether the sender keeps the connection open after the answer (RFC 9112 §9.3).</summary>
    public bool IsPersistent => Http1Fields.IsPersistent(MinorVersion, Fields);

    /// <summary>Empties the head and keeps its buffers.</summary>
    public void Clear()
    {
        _methodLength = 0;
        _target = default;
        MinorVersion = 0;
        Fields.Clear();
    }

    bool IHttp1Head.PassesEmptyLine => true;

    Http1Error IHttp1Head.StartLineTooLong => Http1Error.TargetTooLong;

    // 64 octets for a method, two spaces, the version and CRLF: longer methods than that are no one's.
    int IHttp1Head.StartLineLimit(Http1Limits limits) => limits.MaxTargetLength + 64;

    bool IHttp1Head.CanStartWith(byte first) => FieldSyntax.IsTokenOctet(first);

    void IHttp1Head.ReadStartLine(ReadOnlySpan<byte> line, Http1Limits limits)
    {
        var methodEnd = line.IndexOf((byte)' ');
        var targetEnd = line.LastIndexOf((byte)' ');
        if (methodEnd < 0 || targetEnd == methodEnd)
        {
            throw new Http1Exception(Http1Error.BadRequestLine, "The request line is not method, target and version with one space between.");
        }

        var method = line[..methodEnd];
        var target = line[(methodEnd + 1)..targetEnd];
        if (!FieldSyntax.IsToken(method))
        {
            throw new Http1Exception(Http1Error.BadMethod, "The method is not a token.");
        }

        if (target.Length > limits.MaxTargetLength)
        {
            throw new Http1Exception(Http1Error.TargetTooLong, $"The request target is longer than {limits.MaxTargetLength} octets.");
        }

        var minorVersion = Http1Syntax.MinorVersion(line[(targetEnd + 1)..], Http1Error.BadRequestLine);
        SetLine(method, target, Http1Target.Parse(method, target), minorVersion);
    }

    void IHttp1Head.Finish()
    {
        var index = Fields.IndexOf("host"u8);
        if (index < 0)
        {
            if (MinorVersion > 0)
            {
                throw new Http1Exception(Http1Error.BadHost, "An HTTP/1.1 request has no Host field.");
            }

            return;
        }

        var host = Fields[index].Value;
        if (Fields.IndexOf("host"u8, index + 1) >= 0 || !(host.IsEmpty || Http1Authority.IsValid(host)))
        {
            throw new Http1Exception(Http1Error.BadHost, "The Host field is there twice, or is not host or host:port.");
        }

        CheckSameServer(host);
    }

    /// <summary>
    /// RFC 9112 §3.2.2 has a proxy put the target's authority in Host's place. A sender that names two servers is refused
    /// instead, so that no server behind us can choose the other one.
    /// </summary>
    private void CheckSameServer(ReadOnlySpan<byte> host)
    {
        var authority = Target.Slice(_target.AuthorityStart, _target.AuthorityLength);
        var same = _target.Form switch
        {
            Http1TargetForm.Absolute => Http1Authority.Match(authority, host, _target.DefaultPort),
            Http1TargetForm.Authority => Http1Authority.Match(authority, host, authority[(authority.LastIndexOf((byte)':') + 1)..]),
            _ => true,
        };
        if (!same)
        {
            throw new Http1Exception(Http1Error.HostMismatch, "The Host field and the request target name different servers.");
        }
    }

    private void SetLine(ReadOnlySpan<byte> method, ReadOnlySpan<byte> targetBytes, in Http1Target target, int minorVersion)
    {
        var length = method.Length + targetBytes.Length;
        if (_line.Length < length)
        {
            _line = new byte[Math.Max(length, 256)];
        }

        method.CopyTo(_line);
        targetBytes.CopyTo(_line.AsSpan(method.Length));
        _methodLength = method.Length;
        _target = target;
        MinorVersion = minorVersion;
    }
}
