using System.Buffers;
using System.Text;
using Engine.Fields;
using Engine.Http2.Hpack;

namespace Engine.Tests.Http2.Hpack;

/// <summary>Short forms for tests: blocks from hex, fields from text.</summary>
internal static class HpackBlocks
{
    public static byte[] Hex(string text) => Convert.FromHexString(text.Replace(" ", "", StringComparison.Ordinal));

    /// <summary>A list from lines of "name: value".</summary>
    public static FieldList ListOf(params string[] lines)
    {
        var list = new FieldList();
        foreach (var line in lines)
        {
            var colon = line.IndexOf(": ", 1, StringComparison.Ordinal);
            list.Add(Encoding.Latin1.GetBytes(line[..colon]), line[(colon + 2)..]);
        }

        return list;
    }

    public static string[] Lines(FieldList list)
    {
        var lines = new List<string>();
        foreach (var field in list)
        {
            lines.Add(Encoding.Latin1.GetString(field.Name) + ": " + Encoding.Latin1.GetString(field.Value));
        }

        return [.. lines];
    }

    public static string[] Decode(HpackDecoder decoder, byte[] block) => Lines(DecodeList(decoder, block));

    public static FieldList DecodeList(HpackDecoder decoder, byte[] block)
    {
        var list = new FieldList();
        Assert.Equal(HpackDecodeResult.Complete, decoder.Decode(new ReadOnlySequence<byte>(block), list, int.MaxValue));
        return list;
    }

    public static byte[] Encode(HpackEncoder encoder, FieldList list)
    {
        var output = new ArrayBufferWriter<byte>();
        encoder.Encode(list, output);
        return output.WrittenSpan.ToArray();
    }
}
