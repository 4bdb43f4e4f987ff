using Engine.Http2.Frames;
using Engine.Testing;

namespace Engine.Tests.Http2.Frames;

public class FrameHeaderTests
{
    private static readonly byte[] Octets = Convert.FromHexString("00400001" + "25" + "80000003");

    [Fact]
    public void A_header_is_read_with_its_reserved_bit_ignored()
    {
        Assert.True(FrameHeader.TryRead(Octets, out var header));
        Assert.Equal(new FrameHeader(0x4000, FrameType.Headers, FrameFlags.EndStream | FrameFlags.EndHeaders | FrameFlags.Priority, 3), header);
    }

    [Fact]
    public void A_header_cut_anywhere_reads_the_same()
    {
        Assert.True(FrameHeader.TryRead(Octets, out var expected));
        for (var at = 0; at <= Octets.Length; at++)
        {
            Assert.True(FrameHeader.TryRead(CutSequence.At(Octets, at), out var header));
            Assert.Equal(expected, header);
        }

        Assert.True(FrameHeader.TryRead(CutSequence.Everywhere(Octets), out var apart));
        Assert.Equal(expected, apart);
    }

    [Fact]
    public void A_truncated_header_is_not_read()
    {
        for (var length = 0; length < FrameHeader.Size; length++)
        {
            Assert.False(FrameHeader.TryRead(Octets.AsSpan(0, length), out _));
            Assert.False(FrameHeader.TryRead(CutSequence.Everywhere(Octets.AsMemory(0, length)), out _));
        }
    }

    [Theory]
    [InlineData(0, 0, 0, 0)]
    [InlineData(FrameHeader.MaxLength, 255, 255, int.MaxValue)]
    [InlineData(0x010203, 9, 4, 0x01020304)]
    public void A_header_survives_a_round_trip(int length, byte type, byte flags, int streamId)
    {
        var header = new FrameHeader(length, (FrameType)type, (FrameFlags)flags, streamId);
        var octets = new byte[FrameHeader.Size];
        header.Write(octets);
        Assert.True(FrameHeader.TryRead(octets, out var read));
        Assert.Equal(header, read);
    }
}
