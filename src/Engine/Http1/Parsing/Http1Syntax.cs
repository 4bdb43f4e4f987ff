using System.Buffers;

namespace Engine.Http1.Parsing;

/// <summary>The character classes of RFC 9112 and RFC 3986, and the checks made with them.</summary>
internal static class Http1Syntax
{
    // What a field value or reason may not hold: every control but HTAB, and DEL. Octets above 0x7F are obs-text and stay.
    private static readonly SearchValues<byte> ValueControls = SearchValues.Create(
    [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 127,
    ]);

    // A fragment never reaches a server (RFC 9112 §3.2); some parsers cut it off, some serve it, so it is refused.
    private static readonly SearchValues<byte> TargetForbidden = SearchValues.Create(
    [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32,
        (byte)'#', 127,
    ]);

    public static bool IsValue(ReadOnlySpan<byte> text) => text.IndexOfAny(ValueControls) < 0;

    public static bool IsTargetText(ReadOnlySpan<byte> text) => !text.IsEmpty && text.IndexOfAny(TargetForbidden) < 0;

    /// <summary>The minor version of <c>HTTP/1.0</c> or <c>HTTP/1.1</c>, exactly so.</summary>
    /// <exception cref="Http1Exception">It is another version, or none: then with <paramref name="malformed"/>.</exception>
    public static int MinorVersion(ReadOnlySpan<byte> version, Http1Error malformed)
    {
        if (version.Length != 8 || !version.StartsWith("HTTP/"u8) || !IsDigit(version[5]) || version[6] != '.' || !IsDigit(version[7]))
        {
            throw new Http1Exception(malformed, "The protocol version is not of the form HTTP/1.1.");
        }

        if (version[5] != '1' || version[7] > '1')
        {
            throw new Http1Exception(Http1Error.UnsupportedVersion, "The protocol version is neither HTTP/1.0 nor HTTP/1.1.");
        }

        return version[7] - '0';
    }

    public static bool IsDigit(byte character) => (uint)(character - '0') <= 9;
}
