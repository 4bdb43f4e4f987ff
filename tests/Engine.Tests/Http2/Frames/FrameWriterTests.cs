using System.Buffers;
using Engine.Http2;
using Engine.Http2.Frames;

namespace Engine.Tests.Http2.Frames;

public class FrameWriterTests
{
    private readonly ArrayBufferWriter<byte> _output = new();

    [Fact]
    public void Settings_are_six_octets_each()
    {
        FrameWriter.WriteSettings(_output, [new Setting(SettingId.MaxConcurrentStreams, 100), new Setting(SettingId.InitialWindowSize, int.MaxValue)]);
        AssertWritten("00000C 04 00 00000000  0003 00000064  0004 7FFFFFFF");
    }

    [Fact]
    public void Settings_may_be_empty()
    {
        FrameWriter.WriteSettings(_output, []);
        AssertWritten("000000 04 00 00000000");
    }

    [Fact]
    public void Acknowledgements_carry_the_flag()
    {
        FrameWriter.WriteSettingsAck(_output);
        FrameWriter.WritePing(_output, 0x0102030405060708, ack: true);
        FrameWriter.WritePing(_output, 1, ack: false);
        AssertWritten("000000 04 01 00000000  000008 06 01 00000000 0102030405060708  000008 06 00 00000000 0000000000000001");
    }

    [Fact]
    public void Goaway_says_the_last_stream_the_code_and_why()
    {
        FrameWriter.WriteGoAway(_output, 7, Http2ErrorCode.EnhanceYourCalm, "ab"u8);
        FrameWriter.WriteGoAway(_output, int.MaxValue, Http2ErrorCode.NoError);
        AssertWritten("00000A 07 00 00000000 00000007 0000000B 6162  000008 07 00 00000000 7FFFFFFF 00000000");
    }

    [Fact]
    public void Resets_window_updates_and_data_headers_name_their_stream()
    {
        FrameWriter.WriteRstStream(_output, 5, Http2ErrorCode.Cancel);
        FrameWriter.WriteWindowUpdate(_output, 0, 65535);
        FrameWriter.WriteDataHeader(_output, 5, 16384, endStream: false);
        FrameWriter.WriteDataHeader(_output, 5, 0, endStream: true);
        AssertWritten("000004 03 00 00000005 00000008  000004 08 00 00000000 0000FFFF  004000 00 00 00000005  000000 00 01 00000005");
    }

    [Fact]
    public void A_block_that_fits_is_one_frame()
    {
        FrameWriter.WriteHeaders(_output, 3, [1, 2, 3], endStream: true, maxFrameSize: 3);
        AssertWritten("000003 01 05 00000003 010203");
    }

    [Fact]
    public void An_empty_block_is_one_frame()
    {
        FrameWriter.WriteHeaders(_output, 3, [], endStream: false, maxFrameSize: 16384);
        AssertWritten("000000 01 04 00000003");
    }

    [Theory]
    [InlineData(16385)]
    [InlineData(32768)]
    [InlineData(32769)]
    [InlineData(100_000)]
    public void A_longer_block_goes_on_in_continuations_and_ends_once(int length)
    {
        var block = new byte[length];
        new Random(length).NextBytes(block);
        FrameWriter.WriteHeaders(_output, 9, block, endStream: true, maxFrameSize: 16384);

        var rest = _output.WrittenSpan;
        var joined = new List<byte>();
        for (var frame = 0; !rest.IsEmpty; frame++)
        {
            Assert.True(FrameHeader.TryRead(rest, out var header));
            Assert.Equal(frame == 0 ? FrameType.Headers : FrameType.Continuation, header.Type);
            Assert.Equal(9, header.StreamId);
            Assert.InRange(header.Length, 1, 16384);
            joined.AddRange(rest.Slice(FrameHeader.Size, header.Length));
            rest = rest[(FrameHeader.Size + header.Length)..];
            Assert.Equal(frame == 0, header.Has(FrameFlags.EndStream));
            Assert.Equal(rest.IsEmpty, header.Has(FrameFlags.EndHeaders));
        }

        Assert.Equal(block, joined);
    }

    private void AssertWritten(string hex) =>
        Assert.Equal(hex.Replace(" ", "", StringComparison.Ordinal), Convert.ToHexString(_output.WrittenSpan));
}
