namespace Engine.Http2.Receiving;

/// <summary>Counts what a well-behaved peer does seldom, and ends the connection of one that does it often.</summary>
/// <remarks>
/// Used by the receive loop alone. Each budget is a burst and a rate. The bursts are several times what browsers, gRPC
/// libraries and load generators were seen to need; the rates are what costs next to nothing for ever. The tunnel profile counts only what no
/// visitor can cause through a correct peer.
/// </remarks>
internal sealed class AbuseMeter
{
    private readonly TimeProvider _clock;
    private readonly bool _isPublic;
    private TokenBucket _resets;
    private TokenBucket _pings;
    private TokenBucket _settings;
    private TokenBucket _emptyFrames;
    private TokenBucket _ignoredFrames;

    public AbuseMeter(Http2ConnectionOptions options)
    {
        _clock = options.TimeProvider;
        _isPublic = options.Profile == Http2Profile.Public;
        _resets = new TokenBucket(1000, 50, _clock);
        _pings = new TokenBucket(500, 50, _clock);
        _settings = new TokenBucket(100, _isPublic ? 5 : 200, _clock); // In a tunnel they follow the load: see InitialWindow.
        _emptyFrames = new TokenBucket(500, 50, _clock);
        _ignoredFrames = new TokenBucket(2000, 200, _clock);
    }

    /// <summary>A stream that was cancelled before its answer ended, or that had to be reset for an error: rapid reset (CVE-2023-44487) and its relatives.</summary>
    public void CountReset() => Count(ref _resets, _isPublic, "streams are reset too fast");

    /// <summary>A stream beyond the limit, which costs decoding and an answer.</summary>
    public void CountRefusal() => Count(ref _resets, _isPublic, "streams are opened beyond the limit too fast");

    /// <summary>A PING, which costs an answer (CVE-2019-9512).</summary>
    public void CountPing() => Count(ref _pings, true, "PING comes too often");

    /// <summary>SETTINGS, which cost an answer (CVE-2019-9515).</summary>
    public void CountSettings() => Count(ref _settings, true, "SETTINGS come too often");

    /// <summary>DATA or CONTINUATION without octets that ends nothing (CVE-2019-9518).</summary>
    public void CountEmptyFrame() => Count(ref _emptyFrames, _isPublic, "frames without octets come too often");

    /// <summary>PRIORITY, late or unknown frames, which have no effect (CVE-2019-9513).</summary>
    public void CountIgnoredFrame() => Count(ref _ignoredFrames, _isPublic, "frames without effect come too often");

    private void Count(ref TokenBucket bucket, bool applies, string reason)
    {
        if (applies && !bucket.TryTake(_clock.GetTimestamp()))
        {
            throw new Http2ConnectionException(Http2ErrorCode.EnhanceYourCalm, reason);
        }
    }
}
