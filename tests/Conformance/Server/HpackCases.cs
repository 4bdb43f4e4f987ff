using Engine.Conformance.Peers;
using static Engine.Http2.Http2ErrorCode;

namespace Engine.Conformance.Server;

/// <summary>Field blocks that RFC 7541 calls decoding errors: a connection error COMPRESSION_ERROR each.</summary>
internal static class HpackCases
{
    public static readonly ServerCase[] All =
    [
        Broken("2.3.3", "an index behind the dynamic table's end", "C6"),
        Broken("2.3.3", "a name's index behind the dynamic table's end", "7F 09 02 6F6B"),
        Broken("4.2", "a table size update behind a field", "21"),
        Broken("5.1", "an integer without end", "FF FFFFFFFFFFFFFFFF"),
        Broken("5.2", "a coded string with more than 7 bits of padding", "00 01 78 82 1FFF"),
        Broken("5.2", "a coded string padded with zeros", "00 01 78 81 18"),
        Broken("5.2", "a coded string with EOS in it", "00 01 78 85 1FFFFFFFFF"),
        Broken("5.2", "a string longer than the block", "00 01 78 7E 61"),
        Broken("6.1", "index 0", "80"),
        new("HPACK 6.3", "a table size above SETTINGS_HEADER_TABLE_SIZE", async c =>
        {
            c.Headers(1, [0x3F, 0xE2, 0x1F, .. RawClient.Get()]);
            await c.ExpectConnectionErrorAsync(CompressionError);
        }),
    ];

    private static ServerCase Broken(string section, string name, string hex) => new($"HPACK {section}", name, async c =>
    {
        c.Headers(1, [.. RawClient.Get(), .. Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal))]);
        await c.ExpectConnectionErrorAsync(CompressionError);
    });
}
