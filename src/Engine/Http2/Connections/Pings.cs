using Engine.Http2.FlowControl;
using Engine.Http2.Sending;

namespace Engine.Http2.Connections;

/// <summary>The PINGs that we sent (RFC 9113 §6.7): round trips for callers, for the windows, and for the drain.</summary>
/// <remarks>Guarded by the connection's gate.</remarks>
internal sealed class Pings
{
    // The first few samples come quickly so that windows can grow at once; after that the path is known and peers dislike many PINGs.
    private const int QuickProbes = 4;
    private static readonly TimeSpan QuickInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly TimeProvider _clock;
    private readonly WakeQueue _wakes;
    private readonly FrameSender _sender;
    private readonly ReceiveFlow _flow;
    private readonly Dictionary<ulong, Outstanding> _outstanding = [];
    private ulong _next = 0x656e_6769_6e65_0000; // Any value will do; this one is easy to see in a capture.
    private long _lastProbe;
    private int _probes;
    private bool _isProbing;

    public Pings(Http2ConnectionOptions options, WakeQueue wakes, FrameSender sender, ReceiveFlow flow)
    {
        _clock = options.TimeProvider;
        _wakes = wakes;
        _sender = sender;
        _flow = flow;
    }

    private readonly record struct Outstanding(long SentAt, TaskCompletionSource<TimeSpan>? Caller, Action? Then);

    /// <summary>The shortest round trip measured lately.</summary>
    public TimeSpan? RoundTripTime => _flow.RoundTrip == 0 ? null : _clock.GetElapsedTime(0, _flow.RoundTrip);

    /// <summary>Sends a PING.</summary>
    /// <param name="caller">Who wants to know the round trip.</param>
    /// <param name="then">What to do under the gate when the answer is here.</param>
    public void Send(TaskCompletionSource<TimeSpan>? caller = null, Action? then = null)
    {
        var opaque = _next++;
        _outstanding.Add(opaque, new Outstanding(_clock.GetTimestamp(), caller, then));
        _sender.Ping(opaque, ack: false);
    }

    /// <summary>DATA has arrived: measures the path now and then, so that windows can follow the bandwidth-delay product.</summary>
    public void Probe()
    {
        var since = _clock.GetElapsedTime(_lastProbe);
        if (_isProbing || (_probes > 0 && since < (_probes < QuickProbes ? QuickInterval : Interval)))
        {
            return;
        }

        _isProbing = true;
        _probes++;
        _lastProbe = _clock.GetTimestamp();
        Send(then: () => _isProbing = false);
    }

    /// <summary>An answer has arrived; one to no PING of ours means nothing.</summary>
    public void Acknowledge(ulong opaque)
    {
        if (!_outstanding.Remove(opaque, out var ping))
        {
            return;
        }

        var ticks = Math.Max(1, _clock.GetTimestamp() - ping.SentAt);

        // The shortest counts, since the others waited in queues; it is let go slowly in case the path has changed.
        var shortest = _flow.RoundTrip;
        _flow.RoundTrip = shortest == 0 || ticks < shortest ? ticks : shortest + ((ticks - shortest) / 16);
        ping.Then?.Invoke();
        if (ping.Caller is { } caller)
        {
            var roundTrip = _clock.GetElapsedTime(0, ticks);
            _wakes.Add(static state =>
            {
                var (caller, roundTrip) = ((TaskCompletionSource<TimeSpan>, TimeSpan))state;
                caller.TrySetResult(roundTrip);
            }, (caller, roundTrip));
        }
    }

    /// <summary>No answers will come any more.</summary>
    public void Fail(Exception failure)
    {
        foreach (var ping in _outstanding.Values)
        {
            if (ping.Caller is { } caller)
            {
                _wakes.Add(static state =>
                {
                    var (caller, failure) = ((TaskCompletionSource<TimeSpan>, Exception))state;
                    caller.TrySetException(failure);
                }, (caller, failure));
            }
        }

        _outstanding.Clear();
    }
}
