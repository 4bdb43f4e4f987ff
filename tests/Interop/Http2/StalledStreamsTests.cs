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

    // Each trial has a connection of its own, which carries the download alone and then beside the stalled streams: two connections would differ by
    // the round trips that they measured and the windows that they tuned by them. The median of the trials counts, and there are more of them while
    // a busy machine blurs them: what is measured is the connection, not its neighbours.
    private const int LeastTrials = 5;
    private const int MostTrials = 25;
    private const int Rounds = 2;

    [Fact]
    public Task Our_server_role_sends_one_download_beside_fifty_that_the_client_does_not_read() => CompareAsync(async () =>
    {
        using var client = NewClient();
        var alone = await MeasureAsync(() => DownloadAsync(client));
        var unread = new List<HttpResponseMessage>();
        for (var i = 0; i < Stalled; i++)
        {
            unread.Add(await client.GetAsync(host.Cleartext + "/bytes/100000000000", HttpCompletionOption.ResponseHeadersRead).Within());
        }

        var beside = await MeasureAsync(() => DownloadAsync(client));
        unread.ForEach(answer => answer.Dispose());
        return (alone, beside);
    });

    [Fact]
    public Task Our_client_role_receives_one_download_beside_fifty_that_nobody_reads() => CompareAsync(async () =>
    {
        await using var client = await EngineClient.ConnectAsync(host.Port);
        var alone = await MeasureAsync(() => DownloadAsync(client));
        for (var i = 0; i < Stalled; i++)
        {
            var stream = await client.OpenAsync("GET", "/bytes/100000000000");
            Assert.Equal("200", await EngineClient.ReadStatusAsync(stream));
        }

        return (alone, await MeasureAsync(() => DownloadAsync(client)));
    });

    private static HttpClient NewClient() => new()
    {
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Timeout = Deadline.Bulk,
    };

    private async Task CompareAsync(Func<Task<(double Alone, double Beside)>> trial)
    {
        var shares = new List<double>();
        while (shares.Count < LeastTrials || (Median(shares) < LeastShare && shares.Count < MostTrials))
        {
            var (alone, beside) = await trial();
            shares.Add(beside / alone);
            output.WriteLine($"Alone {alone:F0} MB/s, beside {Stalled} stalled streams {beside:F0} MB/s.");
        }

        Assert.True(
            Median(shares) >= LeastShare,
            $"Beside {Stalled} stalled streams a download had {Median(shares):P0} of its speed alone in the median of {shares.Count} trials.");
    }

    /// <summary>The mean speed of some downloads, behind one that lets the windows grow or the stalled streams fill theirs.</summary>
    private static async Task<double> MeasureAsync(Func<Task> download)
    {
        await download();
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < Rounds; i++)
        {
            await download();
        }

        return Rounds * Length / 1e6 / watch.Elapsed.TotalSeconds;
    }

    private static double Median(List<double> speeds) => speeds.Order().ElementAt(speeds.Count / 2);

    private async Task DownloadAsync(HttpClient client)
    {
        using var answer = await client.GetAsync($"{host.Cleartext}/bytes/{Length}", HttpCompletionOption.ResponseHeadersRead).Within();
        await using var body = await answer.Content.ReadAsStreamAsync();
        await body.CopyToAsync(Stream.Null).Within(Deadline.Bulk);
    }

    private static async Task DownloadAsync(EngineClient client)
    {
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
                return;
            }
        }
    }
}
