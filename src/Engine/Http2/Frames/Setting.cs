namespace Engine.Http2.Frames;

/// <summary>One entry of a SETTINGS payload (RFC 9113 §6.5.1).</summary>
internal readonly record struct Setting(SettingId Id, uint Value)
{
    /// <summary>16 bits of identifier, 32 bits of value.</summary>
    public const int Size = 6;

    /// <summary>The code of the connection error that this value is (§6.5.2), or NO_ERROR when it is allowed.</summary>
    /// <remarks>What depends on the roles and on earlier values (a server may not set ENABLE_PUSH; RFC 8441 §3's one-way switch) is the connection's to judge.</remarks>
    public Http2ErrorCode Validate() => Id switch
    {
        SettingId.EnablePush or SettingId.EnableConnectProtocol or SettingId.NoRfc7540Priorities
            => Value <= 1 ? Http2ErrorCode.NoError : Http2ErrorCode.ProtocolError,
        SettingId.InitialWindowSize => Value <= int.MaxValue ? Http2ErrorCode.NoError : Http2ErrorCode.FlowControlError,
        SettingId.MaxFrameSize => Value is >= FrameHeader.DefaultMaxLength and <= FrameHeader.MaxLength
            ? Http2ErrorCode.NoError
            : Http2ErrorCode.ProtocolError,
        _ => Http2ErrorCode.NoError,
    };
}
