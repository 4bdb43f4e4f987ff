using Engine.Buffers;
using Engine.Http2.Sending;

namespace Engine.Http2.FlowControl;

/// <summary>The connection's receive window, and the rule by which octets return to it and to the streams'.</summary>
/// <remarks>
/// <para>Guarded by the connection's gate.</para>
/// <para>Tunnel profile: the connection's credit is returned on receipt while the memory budget lasts, so that a stalled stream holds back
/// its own window only; without budget it is returned when the octets are consumed. Public profile: always when they are consumed, so
/// that a visitor holds no more than one connection window in our memory.</para>
/// </remarks>
internal sealed class ReceiveFlow
{
    private readonly Http2ConnectionOptions _options;
    private readonly FrameSender _sender;
    private ReceiveWindow _window;

    public ReceiveFlow(Http2ConnectionOptions options, FrameSender sender)
    {
        _options = options;
        _sender = sender;
        CreditsOnReceipt = options.Profile == Http2Profile.Tunnel;
        _window = new ReceiveWindow(options.ConnectionWindow, options.ConnectionWindow, options.TimeProvider.GetTimestamp());
    }

    /// <summary>Whether connection credit is returned before the octets are consumed.</summary>
    public bool CreditsOnReceipt { get; }

    /// <summary>What bounds the buffered octets.</summary>
    public MemoryBudget Budget => _options.Budget;

    /// <summary>The shortest round trip in the clock's ticks, 0 while unknown.</summary>
    public long RoundTrip { get; set; }

    /// <summary>The largest connection window so far, for tests and metrics.</summary>
    public int WindowSize => _window.Size;

    /// <summary>Counts a DATA frame of any stream, padding included.</summary>
    /// <returns>False when the peer sent more than the connection's window.</returns>
    public bool TryTake(int octets) => _window.TryTake(octets);

    /// <summary>Returns octets to the connection's window.</summary>
    public void Return(long octets)
    {
        if (octets > 0)
        {
            Send(0, ref _window, octets, _options.MaxConnectionWindow);
        }
    }

    /// <summary>Returns octets to a stream's window.</summary>
    public void ReturnToStream(int streamId, ref ReceiveWindow window, long octets) =>
        Send(streamId, ref window, octets, _options.MaxStreamWindow);

    private void Send(int streamId, ref ReceiveWindow window, long octets, int limit)
    {
        var increment = window.Return(octets);
        if (increment == 0)
        {
            return;
        }

        var now = _options.TimeProvider.GetTimestamp();
        var grown = window.Grow(increment, now, RoundTrip, Budget.HasHeadroomFor(window.NextGrowth(limit)) ? limit : 0);
        _sender.WindowUpdate(streamId, increment + grown);
    }
}
