using System.Globalization;
using System.Text;
using Engine.EndToEnd.Harness;
using Engine.Testing;

namespace Engine.EndToEnd;

[Collection(TunnelTests.Name)]
public sealed class ServerSentEventsTests(TunnelFixture tunnel)
{
    private const int Count = 100;
    private const int Every = 100;

    /// <summary>A path that holds events back does so every time; a busy machine does not, so it gets three chances.</summary>
    private const int Attempts = 3;

    /// <summary>Both versions at once, as a browser with two tabs would.</summary>
    [Fact]
    public async Task Ten_events_a_second_arrive_one_by_one_and_at_once()
    {
        var faults = new List<string>();
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var before = faults.Count;
            foreach (var arrivals in await Task.WhenAll(ListenAsync("1.1"), ListenAsync("2.0")))
            {
                Assert.Equal(Count, arrivals.Sum(arrival => arrival.Events));
                faults.AddRange(Faults(arrivals));
            }

            if (faults.Count == before)
            {
                return;
            }
        }

        Assert.Fail(string.Join('\n', faults));
    }

    private static IEnumerable<string> Faults(List<Arrival> arrivals)
    {
        var delays = arrivals.Select(arrival => arrival.Delay).Order().ToList();
        if (delays[(delays.Count * 99 / 100) - 1] > 50)
        {
            yield return $"milliseconds behind: {string.Join(' ', delays.Select(delay => delay.ToString("F1", CultureInfo.InvariantCulture)))}";
        }

        if (arrivals.Count != Count)
        {
            yield return $"events in one piece: {string.Join(' ', arrivals.Select(arrival => arrival.Events))}";
        }
    }

    /// <summary>What one read brought: how many events, and how long ago the first of them was sent, in milliseconds.</summary>
    private readonly record struct Arrival(int Events, double Delay);

    private async Task<List<Arrival>> ListenAsync(string version)
    {
        using var client = Visitor.Create(tunnel.Port, Version.Parse(version));
        await using var body = await client.GetStreamAsync($"http://node.test/events?count={Count}&every={Every}", Deadline.Token());
        var buffer = new byte[65536];
        var arrivals = new List<Arrival>();
        while (await body.ReadAsync(buffer, Deadline.Token()) is var count and > 0)
        {
            var now = (DateTime.UtcNow - DateTime.UnixEpoch).TotalMilliseconds;
            var events = Encoding.UTF8.GetString(buffer, 0, count).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
            arrivals.Add(new Arrival(events.Length, now - double.Parse(events[0].Split("data: ")[1], CultureInfo.InvariantCulture)));
        }

        return arrivals;
    }
}
