using System.Buffers.Text;
using System.Text;
using Engine.Fields;

namespace Engine.Protocols.Http.Exchange;

/// <summary>How often a request has passed an edge of ours: the <c>engine</c> entries of CDN-Loop (RFC 8586).</summary>
internal static class LoopCount
{
    private static ReadOnlySpan<byte> Id => "engine"u8;

    public static int Of(FieldList fields)
    {
        var count = 0;
        for (var i = fields.IndexOf("cdn-loop"u8); i >= 0; i = fields.IndexOf("cdn-loop"u8, i + 1))
        {
            var rest = fields[i].Value;
            while (!rest.IsEmpty)
            {
                var comma = rest.IndexOf((byte)',');
                count += LoopsOf(comma < 0 ? rest : rest[..comma]);
                rest = comma < 0 ? default : rest[(comma + 1)..];
            }
        }

        return count;
    }

    /// <summary>The loops that one entry stands for: 0 if it is another's, 1 if it is ours and says no number.</summary>
    private static int LoopsOf(ReadOnlySpan<byte> entry)
    {
        entry = entry.Trim(" \t"u8);
        var end = entry.IndexOf((byte)';');
        if (!Ascii.EqualsIgnoreCase((end < 0 ? entry : entry[..end]).Trim(" \t"u8), Id))
        {
            return 0;
        }

        var loops = entry.IndexOf("loops="u8);

        // Bounded, so that no sender can make the sum run over.
        return loops >= 0 && Utf8Parser.TryParse(entry[(loops + 6)..], out uint value, out _) ? (int)Math.Clamp(value, 1, 1000) : 1;
    }
}
