using System.Text;

namespace Engine.Conformance.Peers;

/// <summary>Field blocks written with as little code as possible, none of it the engine's.</summary>
internal static class RawBlock
{
    /// <summary>A block from "name: value" lines: literals without indexing and without Huffman.</summary>
    public static byte[] Of(params string[] lines)
    {
        var block = new List<byte>();
        foreach (var line in lines)
        {
            var colon = line.IndexOf(": ", 1, StringComparison.Ordinal);
            block.Add(0);
            AddString(block, line[..colon]);
            AddString(block, line[(colon + 2)..]);
        }

        return [.. block];
    }

    private static void AddString(List<byte> block, string text)
    {
        if (text.Length < 127)
        {
            block.Add((byte)text.Length);
        }
        else
        {
            block.Add(127);
            var rest = text.Length - 127;
            for (; rest >= 128; rest >>= 7)
            {
                block.Add((byte)(rest | 0x80));
            }

            block.Add((byte)rest);
        }

        block.AddRange(Encoding.Latin1.GetBytes(text));
    }
}
