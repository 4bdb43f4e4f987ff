using System.Buffers;
using System.Text;

namespace Engine.Http1.Parsing;

/// <summary>Host and port as they stand in Host and in request targets (RFC 3986 §3.2).</summary>
internal static class Http1Authority
{
    // reg-name of RFC 3986 without the comma: a list of hosts is read differently from server to server.
    private static readonly SearchValues<byte> NameCharacters = SearchValues.Create(
        "-._~%!$&'()*+;=0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private static readonly SearchValues<byte> AddressCharacters = SearchValues.Create("0123456789ABCDEFabcdef:."u8);

    /// <summary>Whether the text is <c>host</c> or <c>host:port</c>; the host may be empty only where the whole is.</summary>
    public static bool IsValid(ReadOnlySpan<byte> authority, bool portRequired = false)
    {
        if (!TrySplit(authority, out var host, out var port))
        {
            return false;
        }

        return !host.IsEmpty && (!portRequired || !port.IsEmpty);
    }

    /// <summary>Whether two authorities name the same server, the scheme's default port written or not.</summary>
    public static bool Match(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, ReadOnlySpan<byte> defaultPort)
        => TrySplit(left, out var leftHost, out var leftPort)
            && TrySplit(right, out var rightHost, out var rightPort)
            && Ascii.EqualsIgnoreCase(leftHost, rightHost)
            && (leftPort.IsEmpty ? defaultPort : leftPort).SequenceEqual(rightPort.IsEmpty ? defaultPort : rightPort);

    private static bool TrySplit(ReadOnlySpan<byte> authority, out ReadOnlySpan<byte> host, out ReadOnlySpan<byte> port)
    {
        host = authority;
        port = default;
        var hostEnd = authority.StartsWith("["u8) ? authority.IndexOf((byte)']') + 1 : authority.IndexOf((byte)':');
        if (hostEnd < 0)
        {
            return authority.IndexOfAnyExcept(NameCharacters) < 0;
        }

        host = authority[..hostEnd];
        var rest = authority[hostEnd..];
        if (!rest.IsEmpty)
        {
            if (rest[0] != ':')
            {
                return false;
            }

            port = rest[1..];
        }

        return IsHost(host) && IsPort(port);
    }

    private static bool IsHost(ReadOnlySpan<byte> host) => host.StartsWith("["u8)
        ? host.Length > 3 && host[1..^1].IndexOfAnyExcept(AddressCharacters) < 0
        : host.IndexOfAnyExcept(NameCharacters) < 0;

    private static bool IsPort(ReadOnlySpan<byte> port)
    {
        var value = 0;
        foreach (var digit in port)
        {
            if (!Http1Syntax.IsDigit(digit) || port.Length > 5)
            {
                return false;
            }

            value = (value * 10) + digit - '0';
        }

        return value <= ushort.MaxValue;
    }
}
