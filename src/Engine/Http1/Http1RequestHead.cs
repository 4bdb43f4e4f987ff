using Engine.Fields;

namespace Engine.Http1;

/// <summary>A request line and its fields, made to be read into again and again.</summary>
/// <remarks>Owned by one message at a time and not thread-safe; what it hands out is valid until the next read or <see cref="Clear"/>.</remarks>
public sealed class Http1RequestHead
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

    /// <summary>Whether the path of an absolute target is missing before a query: the sender of <see cref="PathAndQuery"/> puts <c>/</c> first.</summary>
    public bool PathIsEmpty => _target.Form == Http1TargetForm.Absolute && (PathAndQuery.IsEmpty || PathAndQuery[0] != (byte)'/');

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

    internal void SetLine(ReadOnlySpan<byte> method, ReadOnlySpan<byte> targetBytes, in Http1Target target, int minorVersion)
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
