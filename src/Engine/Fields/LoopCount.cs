using System.Buffers.Text;
using System.Text;

namespace Engine.Fields;

/// <summary>Counts in <c>CDN-Loop</c> (RFC 8586) how often a request has passed an edge of ours: the entries named <c>engine</c>.</summary>
public static class LoopCount
{
    /// <summary>A chain of edges is legal; one this long is a request that runs in a circle.</summary>
    public const int Limit = 8;

    /// <summary>The most that is counted, and what a count that is none stands for: whoever sends nonsense has only his own request refused.</summary>
    public const int Most = 1000;

    private static ReadOnlySpan<byte> Id => "engine"u8;

    /// <summary>How often the request has passed an edge before.</summary>
    /// <param name="fields">The request's.</param>
    /// <returns>0 to <see cref="Most"/>.</returns>
    public static int Read(FieldList fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        var count = 0;
        for (var i = fields.IndexOf("cdn-loop"u8); i >= 0; i = fields.IndexOf("cdn-loop"u8, i + 1))
        {
            var rest = fields[i].Value;
            while (TryTakeEntry(ref rest, out var entry))
            {
                if (IsOurs(entry))
                {
                    count = Math.Min(count + LoopsOf(entry), Most);
                }
            }
        }

        return count;
    }

    /// <summary>Adds the field with everybody else's entries as they were and ours counted up.</summary>
    /// <param name="source">The fields that came.</param>
    /// <param name="target">Where the field goes.</param>
    /// <param name="count">How often the request has passed, this edge included.</param>
    public static void Write(FieldList source, FieldList target, int count)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(target);
        var value = new StringBuilder();
        for (var i = source.IndexOf("cdn-loop"u8); i >= 0; i = source.IndexOf("cdn-loop"u8, i + 1))
        {
            var rest = source[i].Value;
            while (TryTakeEntry(ref rest, out var entry))
            {
                if (!IsOurs(entry) && !entry.IsEmpty)
                {
                    value.Append(Encoding.Latin1.GetString(entry)).Append(", ");
                }
            }
        }

        if (value.Length == 0 && count == 1)
        {
            target.Add("cdn-loop"u8, "engine; loops=1"u8);
            return;
        }

        target.Add("cdn-loop"u8, value.Append("engine; loops=").Append(count).ToString());
    }

    private static bool IsOurs(ReadOnlySpan<byte> entry)
    {
        var semicolon = entry.IndexOf((byte)';');
        return Ascii.EqualsIgnoreCase((semicolon < 0 ? entry : entry[..semicolon]).Trim(" \t"u8), Id);
    }

    private static int LoopsOf(ReadOnlySpan<byte> entry)
    {
        var loops = entry.IndexOf("loops="u8);
        if (loops < 0)
        {
            return 1;
        }

        return Utf8Parser.TryParse(entry[(loops + 6)..], out int value, out _) && value > 0 ? Math.Min(value, Most) : Most;
    }

    /// <summary>Takes the next list element; a comma inside a quoted string does not end it (RFC 9110 §5.6.1).</summary>
    private static bool TryTakeEntry(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> entry)
    {
        entry = default;
        if (rest.IsEmpty)
        {
            return false;
        }

        var quoted = false;
        var end = 0;
        for (; end < rest.Length; end++)
        {
            var octet = rest[end];
            if (quoted && octet == '\\')
            {
                end++;
            }
            else if (octet == '"')
            {
                quoted = !quoted;
            }
            else if (octet == ',' && !quoted)
            {
                break;
            }
        }

        end = Math.Min(end, rest.Length);
        entry = rest[..end].Trim(" \t"u8);
        rest = end < rest.Length ? rest[(end + 1)..] : default;
        return true;
    }
}
