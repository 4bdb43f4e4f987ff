using System.Text;

namespace Engine.Ingress;

/// <summary>The path of a request target as rules see it: percent-decoded once, dot segments removed, without the query.</summary>
/// <remarks>
/// <para>
/// Servers differ in what they make of an encoded slash, a backslash, an empty segment and <c>..;</c>. A target that has any
/// of these gets two spellings, a strict one and the one that the most lenient server would read; whoever decides by the path
/// asks with both and refuses the request when the answers differ. Nobody is refused for a spelling that changes nothing.
/// </para>
/// <para>The origin gets the raw target in any case. Stateless; allocates nothing.</para>
/// </remarks>
public static class CanonicalPath
{
    /// <summary>Whether the strict and the lenient spelling may differ.</summary>
    /// <param name="target">Path and query as they came.</param>
    public static bool MayBeReadTwoWays(ReadOnlySpan<byte> target)
    {
        var path = WithoutQuery(target);
        if (path.ContainsAny((byte)'\\', (byte)';') || path.IndexOf("//"u8) >= 0)
        {
            return true;
        }

        for (var percent = path.IndexOf((byte)'%'); percent >= 0;)
        {
            if (percent + 2 < path.Length && Octet(path, percent) is '/' or '\\' or ';')
            {
                return true;
            }

            var next = path[(percent + 1)..].IndexOf((byte)'%');
            percent = next < 0 ? -1 : percent + 1 + next;
        }

        return false;
    }

    /// <summary>Writes one spelling of the path.</summary>
    /// <param name="target">Path and query as they came.</param>
    /// <param name="lenient">Whether <c>%2F</c> and <c>\</c> are separators, empty segments vanish and <c>..;x</c> is <c>..</c>.</param>
    /// <param name="scratch">At least one octet more than the target has; overwritten.</param>
    /// <param name="destination">At least one character more than the target has octets.</param>
    /// <param name="length">How many characters were written.</param>
    /// <returns>False for a broken escape, NUL, a fragment, a control character or a space: what no two servers read alike.</returns>
    public static bool TryWrite(ReadOnlySpan<byte> target, bool lenient, Span<byte> scratch, Span<char> destination, out int length)
    {
        length = 0;
        var path = WithoutQuery(target);
        if (!TryDecode(path, lenient, scratch, out var decoded))
        {
            return false;
        }

        var kept = RemoveDotSegments(scratch[..decoded], lenient);
        if (kept == 0)
        {
            scratch[0] = (byte)'/';
            kept = 1;
        }

        length = Encoding.UTF8.GetChars(scratch[..kept], destination);
        return true;
    }

    private static ReadOnlySpan<byte> WithoutQuery(ReadOnlySpan<byte> target)
    {
        var query = target.IndexOf((byte)'?');
        return query < 0 ? target : target[..query];
    }

    private static bool TryDecode(ReadOnlySpan<byte> path, bool lenient, Span<byte> output, out int written)
    {
        written = 0;
        for (var i = 0; i < path.Length; i++)
        {
            var octet = (int)path[i];
            if (octet == '%')
            {
                octet = i + 2 < path.Length ? Octet(path, i) : -1;
                if (octet <= 0)
                {
                    return false;
                }

                if (octet == '/' && !lenient)
                {
                    // An encoded slash is no separator to a strict reader: its three characters stay.
                    path.Slice(i, 3).CopyTo(output[written..]);
                    written += 3;
                    i += 2;
                    continue;
                }

                i += 2;
            }
            else if (octet is <= ' ' or 0x7F or '#')
            {
                return false;
            }

            output[written++] = lenient && octet == '\\' ? (byte)'/' : (byte)octet;
        }

        return true;
    }

    /// <summary>RFC 3986 §5.2.4, in place.</summary>
    private static int RemoveDotSegments(Span<byte> path, bool lenient)
    {
        if (path.IsEmpty || path[0] != (byte)'/')
        {
            return path.Length;
        }

        var kept = 0;
        for (var start = 0; start < path.Length;)
        {
            var rest = path[(start + 1)..];
            var slash = rest.IndexOf((byte)'/');
            var isLast = slash < 0;
            var segment = isLast ? rest : rest[..slash];
            start += 1 + segment.Length;

            var name = lenient && segment.IndexOf((byte)';') is >= 0 and var parameters ? segment[..parameters] : segment;
            var isParent = name.SequenceEqual(".."u8);
            if (isParent)
            {
                kept = Math.Max(0, path[..kept].LastIndexOf((byte)'/'));
            }

            if (isParent || name.SequenceEqual("."u8) || (lenient && segment.IsEmpty))
            {
                if (isLast && (kept == 0 || path[kept - 1] != (byte)'/'))
                {
                    path[kept++] = (byte)'/';
                }

                continue;
            }

            path[kept++] = (byte)'/';
            segment.CopyTo(path[kept..]);
            kept += segment.Length;
        }

        return kept;
    }

    /// <summary>The octet that the escape at <paramref name="percent"/> stands for, or -1.</summary>
    private static int Octet(ReadOnlySpan<byte> path, int percent)
    {
        var high = HexDigit(path[percent + 1]);
        var low = HexDigit(path[percent + 2]);
        return high < 0 || low < 0 ? -1 : (high << 4) | low;
    }

    private static int HexDigit(byte octet) => octet switch
    {
        >= (byte)'0' and <= (byte)'9' => octet - '0',
        >= (byte)'a' and <= (byte)'f' => octet - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => octet - 'A' + 10,
        _ => -1,
    };
}
