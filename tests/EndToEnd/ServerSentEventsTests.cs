using System.Globalization;
using System.Text;
using Engine.EndToEnd.Harness;
using Engine.Testing;

namespace Engine.EndToEnd;

[Collection(TunnelTests.Name)]
public sealed class ServerSentEventsTests(TunnelFixture tunnel)
{
    private const int Count = 120;
    private const int Every = 100;

    /// <summary>Both versions at once, as a browser with two tabs would.</summary>
    [Fact]
    public async Task Ten_events_a_second_arrive_one_by_one_and_at_once()
    {
        var delays = await Task.WhenAll(ListenAsync("1.1"), ListenAsync("2.0"));

        Assert.All(delays, sorted =>
        {
            Assert.Equal(Count, sorted.Count);
            Assert.True(sorted[(Count * 99 / 100) - 1] <= 50, $"milliseconds behind: {string.Join(' ', sorted.Select(delay => delay.ToString("F1")))}");
        });
    }

    private async Task<List<double>> ListenAsync(string version)
    {
        using var client = Visitor.Create(tunnel.Port, Version.Parse(version));
        await using var body = await client.GetStreamAsync($"http://node.test/events?count={Count}&every={Every}", Deadline.Token());
        var buffer = new byte[4096];
        var delays = new List<double>();
        while (await body.ReadAsync(buffer, Deadline.Token()) is var count and > 0)
        {
            var now = (DateTime.UtcNow - DateTime.UnixEpoch).TotalMilliseconds;
            var events = Encoding.UTF8.GetString(buffer, 0, count).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
            Assert.True(events.Length == 1, $"{events.Length} events came in one piece after {delays.Count} others.");
            delays.Add(now - double.Parse(events[0].Split("data: ")[1], CultureInfo.InvariantCulture));
        }

        delays.Sort();
        return delays;
    }
}
