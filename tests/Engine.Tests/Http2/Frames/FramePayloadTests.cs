using System.Buffers;
using Engine.Http2;
using Engine.Http2.Frames;
using Engine.Testing;

namespace Engine.Tests.Http2.Frames;

public class FramePayloadTests
{
    [Fact]
    public void Settings_are_read_in_order_and_a_rest_is_left_alone()
    {
        ReadOnlySpan<byte> payload = Convert.FromHexString("000100001000" + "F00DFFFFFFFF" + "0003");
        Assert.True(FramePayload.TryReadSetting(ref payload, out var setting));
        Assert.Equal(new Setting(SettingId.HeaderTableSize, 4096), setting);
        Assert.True(FramePayload.TryReadSetting(ref payload, out setting));
        Assert.Equal(new Setting((SettingId)0xF00D, uint.MaxValue), setting);
        Assert.False(FramePayload.TryReadSetting(ref payload, out _));
        Assert.Equal(2, payload.Length);
    }

    [Theory]
    [InlineData(SettingId.EnablePush, 1u, Http2ErrorCode.NoError)]
    [InlineData(SettingId.EnablePush, 2u, Http2ErrorCode.ProtocolError)]
    [InlineData(SettingId.InitialWindowSize, 0x7FFF_FFFFu, Http2ErrorCode.NoError)]
    [InlineData(SettingId.InitialWindowSize, 0x8000_0000u, Http2ErrorCode.FlowControlError)]
    [InlineData(SettingId.MaxFrameSize, 16383u, Http2ErrorCode.ProtocolError)]
    [InlineData(SettingId.MaxFrameSize, 16384u, Http2ErrorCode.NoError)]
    [InlineData(SettingId.MaxFrameSize, 16777215u, Http2ErrorCode.NoError)]
    [InlineData(SettingId.MaxFrameSize, 16777216u, Http2ErrorCode.ProtocolError)]
    [InlineData(SettingId.EnableConnectProtocol, 2u, Http2ErrorCode.ProtocolError)]
    [InlineData(SettingId.HeaderTableSize, uint.MaxValue, Http2ErrorCode.NoError)]
    [InlineData((SettingId)0xF00D, uint.MaxValue, Http2ErrorCode.NoError)]
    public void A_setting_out_of_its_range_has_the_code_of_the_rfc(object id, uint value, Http2ErrorCode expected) =>
        Assert.Equal(expected, new Setting((SettingId)id, value).Validate());

    [Fact]
    public void Padding_is_removed_wherever_the_payload_is_cut()
    {
        byte[] payload = [3, 10, 11, 0, 0, 0];
        for (var at = 0; at <= payload.Length; at++)
        {
            var sequence = CutSequence.At(payload, at);
            Assert.True(FramePayload.TryRemovePadding(ref sequence));
            Assert.Equal<byte>([10, 11], sequence.ToArray());
        }
    }

    [Theory]
    [InlineData(new byte[] { }, false)]
    [InlineData(new byte[] { 0 }, true)]
    [InlineData(new byte[] { 1 }, false)]
    [InlineData(new byte[] { 2, 0, 0 }, true)] // all padding
    [InlineData(new byte[] { 3, 0, 0 }, false)]
    [InlineData(new byte[] { 255, 0, 0 }, false)]
    public void Padding_must_fit_the_payload(byte[] payload, bool fits)
    {
        var sequence = new ReadOnlySequence<byte>(payload);
        Assert.Equal(fits, FramePayload.TryRemovePadding(ref sequence));
    }

    [Fact]
    public void Priority_fields_are_taken_off_wherever_the_payload_is_cut()
    {
        var payload = Convert.FromHexString("80000005" + "FF" + "8286");
        for (var at = 0; at <= payload.Length; at++)
        {
            var sequence = CutSequence.At(payload, at);
            Assert.True(FramePayload.TryReadPriority(ref sequence, out var dependency));
            Assert.Equal(5, dependency);
            Assert.Equal<byte>([0x82, 0x86], sequence.ToArray());
        }

        for (var length = 0; length < FramePayload.PrioritySize; length++)
        {
            var sequence = new ReadOnlySequence<byte>(payload, 0, length);
            Assert.False(FramePayload.TryReadPriority(ref sequence, out _));
        }
    }

    [Fact]
    public void Numbers_are_read_wherever_the_payload_is_cut()
    {
        byte[] payload = [0xFE, 0xDC, 0xBA, 0x98, 0x76];
        for (var at = 0; at <= payload.Length; at++)
        {
            Assert.Equal(0xFEDCBA98, FramePayload.ReadUInt32(CutSequence.At(payload, at)));
        }
    }
}
