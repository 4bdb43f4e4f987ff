using System.Net;
using System.Security.Cryptography;
using System.Text;
using Engine.Http2.Host;
using Engine.Testing;

namespace Engine.Interop.Http2;

/// <summary>Our server role against .NET's HttpClient.</summary>
public sealed class HttpClientTests(HostFixture host) : IClassFixture<HostFixture>, IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true },
    })
    {
        DefaultRequestVersion = HttpVersion.Version20,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Timeout = Deadline.Bulk,
    };

    public void Dispose() => _client.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_gets_the_fixed_answer(bool tls)
    {
        using var answer = await _client.GetAsync((tls ? host.Tls : host.Cleartext) + "/");
        Assert.Equal(HttpVersion.Version20, answer.Version);
        Assert.Equal(Encoding.ASCII.GetString(Answers.Fixed), await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task It_uploads_64_MiB_and_gets_them_back(bool tls)
    {
        var sent = RandomNumberGenerator.GetBytes(64 << 20);
        using var content = new DuplexContent(sent);
        using var answer = await _client.PostAsync((tls ? host.Tls : host.Cleartext) + "/echo", content).Within(Deadline.Bulk);
        await using var body = await answer.Content.ReadAsStreamAsync();
        Assert.Equal(SHA256.HashData(sent), await SHA256.HashDataAsync(body));
    }

    [Fact]
    public async Task A_head_of_almost_64_KiB_is_taken_and_a_larger_one_it_does_not_send()
    {
        Assert.Equal(HttpStatusCode.OK, await SendHeadAsync(60));
        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => SendHeadAsync(80));
        Assert.Contains("server limit of 65536", refused.Message, StringComparison.Ordinal); // as our SETTINGS say
        Assert.Equal("request 9", await EchoAsync(9));
    }

    [Fact]
    public async Task A_hundred_requests_in_parallel_are_all_answered()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(number => EchoAsync(number))).Within(Deadline.Bulk);
        Assert.Equal(Enumerable.Range(0, 100).Select(number => $"request {number}"), answers);
    }

    [Fact]
    public async Task Trailers_come_back_behind_the_body()
    {
        // What HttpClient can't send, nghttp does.
        using var answer = await _client.GetAsync(host.Cleartext + "/trailers");
        Assert.Equal("body", await answer.Content.ReadAsStringAsync());
        Assert.Equal("octets=4", Assert.Single(answer.TrailingHeaders.GetValues("x-sum")));
    }

    [Fact]
    public async Task A_cancelled_download_leaves_the_connection_to_others()
    {
        for (var i = 0; i < 20; i++)
        {
            using var cancel = new CancellationTokenSource();
            using var endless = await _client.GetAsync(host.Cleartext + "/bytes/100000000000", HttpCompletionOption.ResponseHeadersRead, cancel.Token);
            await using var body = await endless.Content.ReadAsStreamAsync();
            await body.ReadExactlyAsync(new byte[100_000], Deadline.Token());
            await cancel.CancelAsync();
        }

        Assert.Equal("request 7", await EchoAsync(7));
    }

    [Fact]
    public async Task An_upload_that_is_cancelled_leaves_the_connection_to_others()
    {
        using var cancel = new CancellationTokenSource();
        using var content = new DuplexContent([1, 2, 3], isEndless: true);
        var upload = _client.PostAsync(host.Cleartext + "/echo", content, cancel.Token);
        await content.Started.Within();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => upload.Within());
        Assert.Equal("request 8", await EchoAsync(8));
    }

    private async Task<string> EchoAsync(int number)
    {
        using var content = new StringContent($"request {number}");
        using var answer = await _client.PostAsync(host.Cleartext + "/echo", content);
        return await answer.Content.ReadAsStringAsync();
    }

    private async Task<HttpStatusCode> SendHeadAsync(int thousands)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, host.Cleartext + "/") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        for (var i = 0; i < thousands; i++)
        {
            request.Headers.Add($"x-{i}", new string('x', 960));
        }

        using var answer = await _client.SendAsync(request);
        return answer.StatusCode;
    }
}
