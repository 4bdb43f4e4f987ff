using System.Net;
using Engine.Transports;
using Microsoft.Extensions.Time.Testing;

namespace Engine.Tests.Transports;

public sealed class AddressRaceTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(250);

    private readonly FakeTimeProvider _time = new();
    private readonly Dictionary<string, TaskCompletionSource<string>> _attempts = [];
    private readonly System.Collections.Concurrent.ConcurrentQueue<string> _disposed = new();

    [Fact]
    public async Task The_next_address_starts_after_the_head_start_and_the_first_to_connect_wins()
    {
        var running = Race(Delay).RunAsync(Addresses("::1", "127.0.0.1", "::2"), CancellationToken.None);
        Assert.Equal(["::1"], _attempts.Keys);
        _time.Advance(Delay);
        await WaitForAsync("127.0.0.1");
        _attempts["127.0.0.1"].SetResult("four");
        Assert.Equal("four", await running.WaitAsync(Deadline));
        Assert.DoesNotContain("::2", _attempts.Keys);
    }

    [Fact]
    public async Task A_failure_starts_the_next_address_at_once()
    {
        var race = Race(Delay);
        var running = race.RunAsync(Addresses("::1", "127.0.0.1"), CancellationToken.None);
        _attempts["::1"].SetException(new IOException("no"));
        await WaitForAsync("127.0.0.1");
        _attempts["127.0.0.1"].SetResult("four");
        Assert.Equal("four", await running.WaitAsync(Deadline));
        Assert.Equal("::1", Assert.Single(race.Failures).Address.ToString());
    }

    [Fact]
    public async Task The_first_address_may_still_win_after_the_second_started()
    {
        var running = Race(Delay).RunAsync(Addresses("::1", "127.0.0.1"), CancellationToken.None);
        _time.Advance(Delay);
        await WaitForAsync("127.0.0.1");
        _attempts["::1"].SetResult("six");
        Assert.Equal("six", await running.WaitAsync(Deadline));
        _attempts["127.0.0.1"].TrySetResult("four");
        await Engine.Testing.Eventually.IsTrueAsync(() => _disposed.Contains("four"), "the loser to be disposed of");
    }

    [Fact]
    public async Task Without_a_race_the_next_address_waits_for_the_failure_of_the_last()
    {
        var running = Race(Timeout.InfiniteTimeSpan).RunAsync(Addresses("::1", "127.0.0.1"), CancellationToken.None);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(["::1"], _attempts.Keys);
        _attempts["::1"].SetException(new IOException("no"));
        await WaitForAsync("127.0.0.1");
        _attempts["127.0.0.1"].SetException(new IOException("no"));
        Assert.Null(await running.WaitAsync(Deadline));
    }

    [Fact]
    public async Task A_cancel_ends_every_attempt()
    {
        using var cancel = new CancellationTokenSource();
        var running = Race(Delay).RunAsync(Addresses("::1", "127.0.0.1"), cancel.Token);
        _time.Advance(Delay);
        await WaitForAsync("127.0.0.1");
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(Deadline));
        foreach (var attempt in _attempts.Values)
        {
            Assert.True(attempt.Task.IsCanceled);
        }
    }

    [Fact]
    public void Families_alternate_and_the_resolvers_order_stays_within_them()
    {
        var ordered = AddressOrder.Interleave(Addresses("::1", "::2", "::3", "127.0.0.1", "127.0.0.2"), new SocketTransportOptions());
        Assert.Equal(["::1", "127.0.0.1", "::2", "127.0.0.2", "::3"], ordered.ConvertAll(address => address.ToString()));
        ordered = AddressOrder.Interleave(Addresses("127.0.0.1", "::1", "127.0.0.2"), new SocketTransportOptions());
        Assert.Equal(["127.0.0.1", "::1", "127.0.0.2"], ordered.ConvertAll(address => address.ToString()));
    }

    private AddressRace<string> Race(TimeSpan delay) => new(Attempt, _disposed.Enqueue, delay, _time);

    private async Task<string> Attempt(IPAddress address, CancellationToken cancellationToken)
    {
        var attempt = new TaskCompletionSource<string>();
        lock (_attempts)
        {
            _attempts[address.ToString()] = attempt;
        }

        // Like a connect whose cancel comes too late when it had connected already.
        using var link = cancellationToken.Register(() => _ = address.ToString() == "127.0.0.1" && _attempts["::1"].Task.IsCompletedSuccessfully ? false : attempt.TrySetCanceled(cancellationToken));
        return await attempt.Task;
    }

    private Task WaitForAsync(string address) => Engine.Testing.Eventually.IsTrueAsync(
        () =>
        {
            lock (_attempts)
            {
                return _attempts.ContainsKey(address);
            }
        },
        $"an attempt at {address}");

    private static IPAddress[] Addresses(params string[] addresses) => Array.ConvertAll(addresses, IPAddress.Parse);
}
