using Microsoft.Extensions.Time.Testing;

namespace Engine.Tests.Connectors;

public sealed class ConnectorRetryTests
{
    private readonly FakeTimeProvider _time = new();
    private double _random;

    [Fact]
    public void For_thirty_seconds_after_a_loss_waits_lie_between_100_and_500_ms()
    {
        var retry = Make();
        foreach (var (random, expected) in new[] { (0.0, 100), (0.5, 300), (0.999999, 499) })
        {
            _random = random;
            var (wait, upTo) = retry.Next(refused: false, TimeSpan.Zero);
            Assert.Equal(expected, (int)wait.TotalMilliseconds);
            Assert.Equal(500, upTo.TotalMilliseconds);
        }

        _time.Advance(TimeSpan.FromSeconds(29.9));
        Assert.Equal(500, retry.Next(false, TimeSpan.Zero).UpTo.TotalMilliseconds);
    }

    [Fact]
    public void Then_the_bound_doubles_from_one_second_to_thirty_and_stays_there_with_full_jitter()
    {
        var retry = Make();
        retry.Next(false, TimeSpan.Zero);
        _time.Advance(TimeSpan.FromSeconds(30));
        var bounds = new List<double>();
        for (var i = 0; i < 8; i++)
        {
            _random = i % 2 == 0 ? 0 : 0.999999;
            var (wait, upTo) = retry.Next(false, TimeSpan.Zero);
            Assert.InRange(wait.TotalSeconds, upTo.TotalSeconds * _random - 0.001, upTo.TotalSeconds);
            bounds.Add(upTo.TotalSeconds);
        }

        Assert.Equal([1, 2, 4, 8, 16, 30, 30, 30], bounds);
    }

    [Fact]
    public void A_connection_that_lived_begins_again_and_one_that_did_not_goes_on()
    {
        var retry = Make();
        retry.Next(false, TimeSpan.Zero);
        _time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal(1, retry.Next(false, TimeSpan.Zero).UpTo.TotalSeconds);

        retry.OnReady();
        Assert.Equal(0, retry.Failures);
        _time.Advance(TimeSpan.FromSeconds(1));
        retry.OnLost();
        Assert.Equal(2, retry.Next(false, TimeSpan.Zero).UpTo.TotalSeconds);

        retry.OnReady();
        _time.Advance(TimeSpan.FromSeconds(10));
        retry.OnLost();
        Assert.Equal(500, retry.Next(false, TimeSpan.Zero).UpTo.TotalMilliseconds);
    }

    [Fact]
    public void After_a_refusal_waits_grow_from_the_start_and_the_edges_wish_is_kept()
    {
        var retry = Make();
        _random = 0.5;
        Assert.Equal(TimeSpan.FromSeconds(0.5), retry.Next(refused: true, TimeSpan.Zero).Wait);
        Assert.Equal(TimeSpan.FromSeconds(1), retry.Next(refused: true, TimeSpan.Zero).Wait);
        Assert.Equal((TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(7)), retry.Next(refused: true, TimeSpan.FromSeconds(7)));
        Assert.Equal(3, retry.Failures);
    }

    private ConnectorRetry Make() => new(_time, () => _random);
}
