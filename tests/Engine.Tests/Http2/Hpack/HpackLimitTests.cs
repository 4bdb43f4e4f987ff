using System.Buffers;
using System.Diagnostics;
using Engine.Fields;
using Engine.Http2.Hpack;
using static Engine.Tests.Http2.Hpack.HpackBlocks;

namespace Engine.Tests.Http2.Hpack;

public class HpackLimitTests
{
    [Fact]
    public void A_list_may_be_exactly_as_large_as_allowed()
    {
        // "a: b" counts 34 (RFC 9113 §6.5.2).
        var list = new FieldList();
        Assert.Equal(HpackDecodeResult.Complete, Limited(new HpackDecoder(), Hex("00 01 61 01 62"), list, 34));
        Assert.Equal(1, list.Count);
        Assert.Equal(HpackDecodeResult.TooLarge, Limited(new HpackDecoder(), Hex("00 01 61 01 62"), list = new FieldList(), 33));
        Assert.Equal(0, list.Count);
    }

    [Fact]
    public void A_block_too_large_still_leaves_the_state_right_for_the_next()
    {
        var encoder = new HpackEncoder();
        var decoder = new HpackDecoder();
        var fields = ListOf("x-one: 1", "x-two: 2", "x-three: 3");
        Assert.Equal(HpackDecodeResult.TooLarge, Limited(decoder, Encode(encoder, fields), new FieldList(), 40));
        Assert.Equal(encoder.TableSize, decoder.TableSize);

        var block = Encode(encoder, fields);
        Assert.Equal(3, block.Length); // all from the table that the refused block filled
        Assert.Equal(["x-one: 1", "x-two: 2", "x-three: 3"], Decode(decoder, block));
    }

    [Fact]
    public void An_error_behind_the_limit_is_still_an_error() =>
        Assert.Throws<HpackException>(() => Limited(new HpackDecoder(), Hex("00 01 61 01 62 80"), new FieldList(), 10));

    [Fact]
    public void A_bomb_costs_its_own_length_and_no_more()
    {
        // One entry of almost the whole table, then a reference to it in every octet: 64 KiB that would be 256 MiB.
        var decoder = new HpackDecoder();
        var value = new byte[4000];
        Array.Fill(value, (byte)'x');
        Decode(decoder, [0x40, 0x01, (byte)'b', 0x7F, 0xA1, 0x1E, .. value]);
        var bomb = new byte[64 * 1024];
        Array.Fill(bomb, (byte)0xBE);
        var list = new FieldList();
        Limited(decoder, bomb, list, 32 * 1024); // once to warm up

        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(HpackDecodeResult.TooLarge, Limited(decoder, bomb, list, 32 * 1024));
        }

        Assert.Equal(0, list.Count);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 1024 * 1024);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"Ten bombs took {watch.Elapsed}.");
    }

    private static HpackDecodeResult Limited(HpackDecoder decoder, byte[] block, FieldList into, int maxListSize) =>
        decoder.Decode(new ReadOnlySequence<byte>(block), into, maxListSize);
}
