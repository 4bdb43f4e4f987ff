using System.Buffers;

namespace Engine.Edge.Front;

/// <summary>Tells HTTP/2 by prior knowledge from HTTP/1.1 by the first octets (RFC 9113 §3.3, §3.4).</summary>
internal static class Preface
{
    private static ReadOnlySpan<byte> Octets => "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8;

    /// <summary>Whether the connection speaks HTTP/2: true or false as soon as that is certain, until then null.</summary>
    public static bool? IsHttp2(in ReadOnlySequence<byte> start)
    {
        var compared = 0;
        foreach (var segment in start)
        {
            var count = Math.Min(segment.Length, Octets.Length - compared);
            if (!segment.Span[..count].SequenceEqual(Octets.Slice(compared, count)))
            {
                return false;
            }

            compared += count;
        }

        return compared == Octets.Length ? true : null;
    }
}
