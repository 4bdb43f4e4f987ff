namespace Engine.Http2.FlowControl;

/// <summary>How much of the connection's send window one stream may hold: so that a stalled reader can't hold up all the others.</summary>
/// <remarks>
/// <para>Guarded by the connection's gate. It matters towards peers that return the connection's credit only when a body is read, as
/// Go's server does with its window of 1 MiB.</para>
/// <para>A quarter is safe towards peers that return credit in small steps. Others return it by the half window, and would wait for more while
/// the stream waits for them; the size of the first increment tells which kind the peer is, and a tick of the timer makes a guess before.</para>
/// </remarks>
internal sealed class SendShare
{
    // Smaller windows are too small to be shared out: a quarter of them would hardly hold a frame.
    private const int LeastWindow = 256 << 10;

    private readonly bool _isLimited;
    private bool _isFine;
    private bool _isCoarse;

    public SendShare(bool isLimited) => _isLimited = isLimited;

    /// <summary>Whether a stream that has waited for a tick may go beyond its share.</summary>
    public bool MayLift => _isLimited && !_isFine;

    /// <summary>What a stream may have in flight that the peer has not returned.</summary>
    /// <param name="window">The connection's window at its largest.</param>
    /// <param name="isLifted">Whether the stream has waited for a tick.</param>
    public long Of(long window, bool isLifted)
    {
        if (!_isLimited || window < LeastWindow)
        {
            return long.MaxValue;
        }

        return isLifted || _isCoarse ? (window * 3) / 4 : window / 4;
    }

    /// <summary>The peer returned credit to a stream.</summary>
    public void Observe(long increment, long window)
    {
        if (!_isFine && !_isCoarse)
        {
            _isFine = increment < window / 4;
            _isCoarse = !_isFine;
        }
    }
}
