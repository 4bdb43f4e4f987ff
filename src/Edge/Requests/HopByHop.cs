using System.Text;
using Engine.Fields;
using Engine.Http1;

namespace Engine.Edge.Requests;

/// <summary>The fields that end at this hop (RFC 9110 §7.6.1).</summary>
internal static class HopByHop
{
    /// <summary>Whether a field of this name is about one connection, whatever <c>Connection</c> says.</summary>
    public static bool Contains(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 => Ascii.EqualsIgnoreCase(name, "te"u8),
        7 => Ascii.EqualsIgnoreCase(name, "upgrade"u8),
        10 => Ascii.EqualsIgnoreCase(name, "connection"u8) || Ascii.EqualsIgnoreCase(name, "keep-alive"u8),
        14 => Ascii.EqualsIgnoreCase(name, "http2-settings"u8),
        16 => Ascii.EqualsIgnoreCase(name, "proxy-connection"u8),
        17 => Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8),
        _ => false,
    };

    /// <summary>Whether a <c>Connection</c> field names this one. What frames or routes the message is not the sender's to take away.</summary>
    public static bool IsNamedByConnection(FieldList fields, ReadOnlySpan<byte> name) =>
        !Ascii.EqualsIgnoreCase(name, "host"u8) &&
        !Ascii.EqualsIgnoreCase(name, "content-length"u8) &&
        Http1Fields.HasToken(fields, "connection"u8, name);
}
