using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Engine.Origins;

/// <summary>Reads <c>host</c> and <c>host:port</c> as people write them.</summary>
public static class Authority
{
    /// <summary>Reads a host and, if there is one, a port.</summary>
    /// <param name="text">A name, an IPv4 address, or an IPv6 address in brackets; then, perhaps, <c>:</c> and a port.</param>
    /// <param name="host">The host without brackets.</param>
    /// <param name="port">The port, from 1 to 65535, or null when there is none.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out string? host, out int? port)
    {
        ArgumentNullException.ThrowIfNull(text);
        host = null;
        port = null;
        var end = text.StartsWith('[') ? text.IndexOf(']', StringComparison.Ordinal) + 1 : text.IndexOf(':', StringComparison.Ordinal);
        end = end < 0 ? text.Length : end;
        if (end == 0)
        {
            return false;
        }

        if (end < text.Length)
        {
            if (text[end] != ':'
                || !ushort.TryParse(text.AsSpan(end + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || number == 0)
            {
                return false;
            }

            port = number;
        }

        var name = text[..end];
        if (name[0] == '[')
        {
            name = name[1..^1];
            if (!IPAddress.TryParse(name, out var address) || address.AddressFamily != AddressFamily.InterNetworkV6)
            {
                return false;
            }
        }
        else if (!IsName(name))
        {
            return false;
        }

        host = name;
        return true;
    }

    /// <summary>Generous about names, since resolvers differ; strict about what no host has.</summary>
    private static bool IsName(string name)
    {
        foreach (var character in name)
        {
            if (character is <= ' ' or '\x7F' or '@' or '[' or ']' or '/' or '\\' or '?' or '#' or '%')
            {
                return false;
            }
        }

        return name.Length <= 253 && !name.StartsWith('.') && !name.Contains("..", StringComparison.Ordinal);
    }
}
