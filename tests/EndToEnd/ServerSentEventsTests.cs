using System.Globalization;
using System.Text;
using Engine.EndToEnd.Harness;
using Engine.Testing;

namespace Engine.EndToEnd;

[Collection(TunnelTests.Name)]
public sealed class ServerSentEventsTests(TunnelFixture tunnel)
{
    private const int Count = 60;

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Ten_events_a_second_arrive_one_by_one_and_at_once(string version)
    {
        using var client = Visitor.Create(tunnel.Port, Version.Parse(version));
        await using var body = await client.GetStreamAsync($"http://node.test/events?count={Count}&every=100", Deadline.Token());
        var buffer = new byte[4096];
        var delays = new List<double>();
        while (await body.ReadAsync(buffer, Deadline.Token()) is var count and > 0)
        {
            var now = (DateTime.UtcNow - DateTime.UnixEpoch).TotalMilliseconds;
            var events = Encoding.UTF8.GetString(buffer, 0, count).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
            Assert.Single(events);
            delays.Add(now - double.Parse(events[0].Split("data: ")[1], CultureInfo.InvariantCulture));
        }

        Assert.Equal(Count, delays.Count);
        delays.Sort();
        Assert.True(delays[(int)(Count * 0.99)] <= 50, $"milliseconds behind: {string.Join(' ', delays.Select(delay => delay.ToString("F1")))}");
    }
}
