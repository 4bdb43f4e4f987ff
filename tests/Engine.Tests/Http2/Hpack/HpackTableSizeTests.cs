using Engine.Http2.Hpack;
using static Engine.Tests.Http2.Hpack.HpackBlocks;

namespace Engine.Tests.Http2.Hpack;

public class HpackTableSizeTests
{
    [Fact]
    public void A_decoder_with_a_larger_setting_takes_updates_up_to_it()
    {
        var decoder = new HpackDecoder(65536);
        Assert.Equal([":method: GET"], Decode(decoder, Hex("3f e1 ff 03 82"))); // 65536
        Assert.Throws<HpackException>(() => Decode(decoder, Hex("3f e2 ff 03 82")));
    }

    [Fact]
    public void A_smaller_setting_binds_only_once_it_is_acknowledged()
    {
        var decoder = new HpackDecoder(0);
        Decode(decoder, Hex("40 01 61 01 62"));
        Assert.Equal(34, decoder.TableSize);
        decoder.AcknowledgeMaxTableSize();
        Assert.Equal(["a: b"], Decode(decoder, Hex("20 00 01 61 01 62")));
        Assert.Equal(0, decoder.TableSize);
        Assert.Throws<HpackException>(() => Decode(decoder, Hex("21")));
    }

    [Fact]
    public void A_block_that_ignores_an_acknowledged_reduction_is_an_error()
    {
        var decoder = new HpackDecoder(100);
        decoder.AcknowledgeMaxTableSize();
        Assert.Throws<HpackException>(() => Decode(decoder, Hex("82")));
    }

    [Fact]
    public void An_update_to_zero_and_back_empties_the_table()
    {
        var decoder = new HpackDecoder();
        Decode(decoder, Hex("40 01 61 01 62"));
        Assert.Equal([":method: GET"], Decode(decoder, Hex("20 3f e1 1f 82")));
        Assert.Equal(0, decoder.TableSize);
        Assert.Throws<HpackException>(() => Decode(decoder, Hex("be")));
    }

    [Fact]
    public void An_encoder_announces_the_smallest_and_the_last_size_since_its_last_block()
    {
        var encoder = new HpackEncoder();
        encoder.SetMaxTableSize(100);
        encoder.SetMaxTableSize(2000);
        Assert.Equal("3F453FB10F82", Convert.ToHexString(Encode(encoder, ListOf(":method: GET"))));
        Assert.Equal("82", Convert.ToHexString(Encode(encoder, ListOf(":method: GET"))));
    }

    [Fact]
    public void An_encoder_announces_nothing_when_the_peers_size_changes_nothing()
    {
        var encoder = new HpackEncoder();
        encoder.SetMaxTableSize(4096);
        encoder.SetMaxTableSize(uint.MaxValue); // more than it wants
        Assert.Equal("82", Convert.ToHexString(Encode(encoder, ListOf(":method: GET"))));
    }

    [Fact]
    public void A_larger_table_is_used_once_the_peer_allows_it()
    {
        var encoder = new HpackEncoder(8192);
        Assert.Equal("82", Convert.ToHexString(Encode(encoder, ListOf(":method: GET"))));
        encoder.SetMaxTableSize(65536);
        Assert.Equal("3FE13F82", Convert.ToHexString(Encode(encoder, ListOf(":method: GET"))));
    }

    [Fact]
    public void An_encoder_without_a_table_indexes_nothing()
    {
        var encoder = new HpackEncoder(0);
        var decoder = new HpackDecoder(0);
        decoder.AcknowledgeMaxTableSize();
        for (var i = 0; i < 3; i++)
        {
            var block = Encode(encoder, ListOf(":method: GET", "a: b"));
            Assert.Equal([":method: GET", "a: b"], Decode(decoder, block));
            Assert.Equal(i == 0, block[0] == 0x20);
        }

        Assert.Equal(0, encoder.TableSize);
    }

    [Fact]
    public void A_field_larger_than_the_table_empties_the_decoders_table()
    {
        var decoder = new HpackDecoder();
        Decode(decoder, Hex("40 01 61 01 62"));
        var value = new byte[4096];
        Array.Fill(value, (byte)'x');
        var list = DecodeList(decoder, [0x40, 0x01, (byte)'c', 0x7F, 0x81, 0x1F, .. value]);
        Assert.Equal(4096, list[0].Value.Length);
        Assert.Equal(0, decoder.TableSize);
    }

    [Fact]
    public void A_name_may_come_from_the_entry_that_its_own_field_evicts()
    {
        // RFC 7541 §4.4. The table holds one entry of 100; the next takes its name and all its room.
        var decoder = new HpackDecoder();
        byte[] name = [.. Enumerable.Repeat((byte)'n', 30)];
        Decode(decoder, [0x3F, 0x45, 0x40, 30, .. name, 0]);
        for (var i = 0; i < 50; i++)
        {
            byte[] value = [.. Enumerable.Repeat((byte)('a' + (i % 26)), 1 + (i % 37))];
            var list = DecodeList(decoder, [0x7E, (byte)value.Length, .. value]);
            Assert.True(list[0].Name.SequenceEqual(name));
            Assert.True(list[0].Value.SequenceEqual(value));
            Assert.Equal(62 + value.Length, decoder.TableSize);
        }
    }
}
