namespace Engine.Http2.Receiving;

/// <summary>Lets events pass at a rate, with bursts.</summary>
internal struct TokenBucket
{
    private readonly double _capacity;
    private readonly double _perTick;
    private double _tokens;
    private long _last;

    public TokenBucket(int capacity, int perSecond, TimeProvider clock)
    {
        _capacity = _tokens = capacity;
        _perTick = (double)perSecond / clock.TimestampFrequency;
        _last = clock.GetTimestamp();
    }

    /// <summary>Takes one token; false when there is none.</summary>
    public bool TryTake(long now)
    {
        _tokens = Math.Min(_capacity, _tokens + ((now - _last) * _perTick));
        _last = now;
        if (_tokens < 1)
        {
            return false;
        }

        _tokens--;
        return true;
    }
}
