namespace Engine.Fields;

/// <summary>One field line (RFC 9110 §5) as a view into the <see cref="FieldList"/> that owns its bytes.</summary>
/// <remarks>Valid until the list is changed. Bytes are kept as they were received: case, and octets above 0x7F, included.</remarks>
public readonly ref struct Field
{
    internal Field(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, bool isSensitive)
    {
        Name = name;
        Value = value;
        IsSensitive = isSensitive;
    }

    /// <summary>The field name, or a pseudo-field name that begins with a colon (RFC 9113 §8.3).</summary>
    public ReadOnlySpan<byte> Name { get; }

    /// <summary>The field value, without surrounding white space.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>Whether header compression must write it as a never-indexed literal (RFC 7541 §7.1.3).</summary>
    public bool IsSensitive { get; }

    /// <summary>Whether this is a pseudo-field such as <c>:path</c>.</summary>
    public bool IsPseudo => Name.Length > 0 && Name[0] == (byte)':';
}
