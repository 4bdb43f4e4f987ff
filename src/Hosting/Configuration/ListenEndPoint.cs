using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using Engine.Origins;

namespace Engine.Hosting.Configuration;

/// <summary>Reads addresses to listen on: <c>127.0.0.1:80</c>, <c>[::1]:80</c>, <c>localhost:80</c>, <c>:80</c> for every address.</summary>
internal static class ListenEndPoint
{
    /// <summary>Reads an address; port 0 takes a free one.</summary>
    /// <param name="text">The address as written.</param>
    /// <param name="defaultPort">The port of an address that has none; null refuses such an address.</param>
    /// <param name="endPoint">The address. Names other than <c>localhost</c> are refused: what they mean may change.</param>
    public static bool TryParse(string text, int? defaultPort, [NotNullWhen(true)] out IPEndPoint? endPoint)
    {
        endPoint = null;
        var colon = text.LastIndexOf(':');
        var hasPort = colon >= 0 && !text.EndsWith(']') && text.IndexOf(':', StringComparison.Ordinal) is var first && (first == colon || text.StartsWith('['));
        var host = hasPort ? text[..colon] : text;
        int port;
        if (hasPort)
        {
            if (!ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }

            port = number;
        }
        else if (defaultPort is { } fallback)
        {
            port = fallback;
        }
        else
        {
            return false;
        }

        if (host is "" or "*")
        {
            // Both families: the socket is made dual-mode.
            endPoint = new IPEndPoint(IPAddress.IPv6Any, port);
        }
        else if (host == "localhost")
        {
            endPoint = new IPEndPoint(IPAddress.Loopback, port);
        }
        else if (IPAddress.TryParse(host, out var address))
        {
            endPoint = new IPEndPoint(address, port);
        }

        return endPoint is not null;
    }
}
