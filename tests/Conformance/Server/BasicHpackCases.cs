using Engine.Conformance.Peers;

namespace Engine.Conformance.Server;

/// <summary>Every way to write a field that RFC 7541 §6 has: the server reads it, and the next block's references to it.</summary>
internal static class BasicHpackCases
{
    // :method GET, :scheme http, :path /, and behind them the field of the case.
    private static readonly byte[] Start = [0x82, 0x86, 0x84];

    // "user-agent" is 58 in the static table; coded it is B5 05 B1 61 CC 5A 93; "a1" coded is 18 7F, which is no shorter.
    public static readonly ServerCase[] All =
    [
        Field("indexed", "90"),
        Field("literal with indexing, name from a table", "7A 02 6131", "BE"),
        Field("literal with indexing, name from a table, coded", "7A 87 B505B161CC5A93", "BE"),
        Field("literal with indexing, a new name", "40 04 78746573 02 6131", "BE"),
        Field("literal with indexing, a new name, coded", "40 87 B505B161CC5A93 87 B505B161CC5A93", "BE"),
        Field("literal without indexing, name from a table", "0F2B 02 6131"),
        Field("literal without indexing, name from a table, coded", "0F2B 87 B505B161CC5A93"),
        Field("literal without indexing, a new name", "00 04 78746573 02 6131"),
        Field("literal without indexing, a new name, coded", "00 87 B505B161CC5A93 87 B505B161CC5A93"),
        Field("literal never indexed, name from a table", "1F2B 02 6131"),
        Field("literal never indexed, name from a table, coded", "1F2B 87 B505B161CC5A93"),
        Field("literal never indexed, a new name", "10 04 78746573 02 6131"),
        Field("literal never indexed, a new name, coded", "10 87 B505B161CC5A93 87 B505B161CC5A93"),
        new("valid HPACK 6.3", "a table size update before the first field", async c =>
        {
            c.Headers(1, [0x20, .. Start, .. RawBlock.Of(":authority: localhost")]);
            await c.ExpectFixedAnswerAsync();
        }),
        new("valid HPACK 6.3", "several table size updates before the first field", async c =>
        {
            c.Headers(1, [0x20, 0x3F, 0xE1, 0x1F, .. Start, .. RawBlock.Of(":authority: localhost")]);
            await c.ExpectFixedAnswerAsync();
        }),
    ];

    private static ServerCase Field(string what, string hex, string? again = null) => new("valid HPACK 6", what, async c =>
    {
        c.Headers(1, [.. Start, .. Hex(hex)]);
        await c.ExpectFixedAnswerAsync(1);
        c.Headers(3, [.. Start, .. Hex(again ?? hex)]);
        await c.ExpectFixedAnswerAsync(3);
    });

    private static byte[] Hex(string text) => Convert.FromHexString(text.Replace(" ", "", StringComparison.Ordinal));
}
