namespace Engine.Http2;

/// <summary>The settings (RFC 9113 §6.5.2) that the peer has announced; the defaults of the RFC before it did.</summary>
/// <param name="HeaderTableSize">The largest dynamic table that the peer's decoder keeps, in octets.</param>
/// <param name="EnablePush">Whether the peer accepts pushed streams; this implementation never pushes.</param>
/// <param name="MaxConcurrentStreams">How many streams the peer lets us have open; <see cref="uint.MaxValue"/> when it named no limit.</param>
/// <param name="InitialWindowSize">The window that each new stream starts with, in octets.</param>
/// <param name="MaxFrameSize">The largest frame payload that the peer takes, in octets.</param>
/// <param name="MaxHeaderListSize">The largest field section that the peer takes; <see cref="uint.MaxValue"/> when it named no limit.</param>
/// <param name="EnableConnectProtocol">Whether the peer takes extended CONNECT (RFC 8441).</param>
public sealed record Http2PeerSettings(
    uint HeaderTableSize = 4096,
    bool EnablePush = true,
    uint MaxConcurrentStreams = uint.MaxValue,
    int InitialWindowSize = 65_535,
    int MaxFrameSize = 16_384,
    uint MaxHeaderListSize = uint.MaxValue,
    bool EnableConnectProtocol = false)
{
    /// <summary>What holds before the first SETTINGS frame.</summary>
    public static Http2PeerSettings Default { get; } = new();
}
