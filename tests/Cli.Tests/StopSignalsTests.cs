using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Engine.Cli.Tests;

public sealed class StopSignalsTests : IDisposable
{
    private const int Terminated = 15;

    private readonly FakeTimeProvider _time = new();
    private readonly List<int> _exits = [];
    private readonly StopSignals _signals;

    public StopSignalsTests() => _signals = new StopSignals(NullLogger.Instance, _time, _exits.Add);

    [Fact]
    public void The_first_signal_asks_for_a_graceful_end()
    {
        Assert.False(_signals.Stop.IsCancellationRequested);
        _signals.Take("terminated", Terminated);

        Assert.True(_signals.Stop.IsCancellationRequested);
        Assert.Empty(_exits);
    }

    [Fact]
    public void A_signal_that_arrives_twice_is_one()
    {
        _signals.Take("terminated", Terminated);
        _time.Advance(TimeSpan.FromMilliseconds(999));
        _signals.Take("terminated", Terminated);

        Assert.Empty(_exits);
    }

    [Fact]
    public void A_second_signal_ends_at_once()
    {
        _signals.Take("terminated", Terminated);
        _time.Advance(TimeSpan.FromSeconds(1));
        _signals.Take("interrupt", 2);

        Assert.Equal([130], _exits);
    }

    public void Dispose() => _signals.Dispose();
}
