using System.Diagnostics;
using System.Net;
using Engine.Testing;
using Xunit.Abstractions;

namespace Engine.Interop.Http2;

/// <summary>Fifty streams that nobody reads, and a download beside them on the same connection, as fast as alone.</summary>
[Collection(OneAtATime.Name)]
public class StalledStreamsTests(HostFixture host, ITestOutputHelper output) : IClassFixture<HostFixture>
{
    private const int Stalled = 50;
    private const int Length = 64 << 20;
    private const double LeastShare = 0.9;

    // Medians of rounds that alternate, and more rounds while a busy machine blurs them: what is measured is the connection, not its neighbours.
    private const int LeastRounds = 5;
    private const int MostRounds = 50;

    [Fact]
    public async Task Our_server_role_sends_one_download_beside_fifty_that_the_client_does_not_read()
    {
        using var alone = NewClient();
        using var beside = NewClient();
        var unread = new List<HttpResponseMessage>();
        for (var i = 0; i < Stalled; i++)
        {
            unread.Add(await beside.GetAsync(host.Cleartext + "/bytes/100000000000", HttpCompletionOption.ResponseHeadersRead).Within());
        }

        await CompareAsync(() => DownloadAsync(alone), () => DownloadAsync(beside));
        unread.ForEach(answer => answer.Dispose());
    }

    [Fact]
    public async Task Our_client_role_receives_one_download_beside_fifty_that_nobody_reads()
    {
        await using var alone = await EngineClient.ConnectAsync(host.Port);
        await using var beside = await EngineClient.ConnectAsync(host.Port);
        for (var i = 0; i < Stalled; i++)
        {
            var stream = await beside.OpenAsync("GET", "/bytes/100000000000");
            Assert.Equal("200", await EngineClient.ReadStatusAsync(stream));
        }

        await CompareAsync(() => DownloadAsync(alone), () => DownloadAsync(beside));
    }

    private static HttpClient NewClient() => new()
    {
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Timeout = Deadline.Bulk,
    };

    private async Task CompareAsync(Func<Task<double>> alone, Func<Task<double>> beside)
    {
        await alone();
        await beside();
        var speedsAlone = new List<double>();
        var speedsBeside = new List<double>();
        while (speedsAlone.Count < LeastRounds || (Median(speedsBeside) < LeastShare * Median(speedsAlone) && speedsAlone.Count < MostRounds))
        {
            speedsAlone.Add(await alone());
            speedsBeside.Add(await beside());
        }

        var result = $"Alone {Median(speedsAlone):F0} MB/s, beside {Stalled} stalled streams {Median(speedsBeside):F0} MB/s, {speedsAlone.Count} rounds.";
        output.WriteLine(result);
        Assert.True(Median(speedsBeside) >= LeastShare * Median(speedsAlone), result);
    }

    private static double Median(List<double> speeds) => speeds.Order().ElementAt(speeds.Count / 2);

    private async Task<double> DownloadAsync(HttpClient client)
    {
        var watch = Stopwatch.StartNew();
        using var answer = await client.GetAsync($"{host.Cleartext}/bytes/{Length}", HttpCompletionOption.ResponseHeadersRead).Within();
        await using var body = await answer.Content.ReadAsStreamAsync();
        await body.CopyToAsync(Stream.Null).Within(Deadline.Bulk);
        return Length / 1e6 / watch.Elapsed.TotalSeconds;
    }

    private static async Task<double> DownloadAsync(EngineClient client)
    {
        var watch = Stopwatch.StartNew();
        await using var stream = await client.OpenAsync("GET", $"/bytes/{Length}");
        Assert.Equal("200", await EngineClient.ReadStatusAsync(stream));
        var input = stream.Transport.Input;
        var length = 0L;
        while (true)
        {
            var read = await input.ReadAsync().Within(Deadline.Bulk);
            length += read.Buffer.Length;
            input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                Assert.Equal(Length, length);
                return Length / 1e6 / watch.Elapsed.TotalSeconds;
            }
        }
    }
}
