using System.Net;
using Engine.EndToEnd.Harness;
using Engine.Testing;

namespace Engine.EndToEnd;

/// <summary>Whoever breaks off is noticed on the other side, and what was cut short never looks whole.</summary>
[Collection(TunnelTests.Name)]
public sealed class AbortTests(TunnelFixture tunnel)
{
    [Theory]
    [InlineData("1.1", "endless")]
    [InlineData("2.0", "endless")]
    [InlineData("2.0", "silent")]
    public async Task A_visitor_who_leaves_is_gone_for_the_origin_too(string version, string path)
    {
        var id = Guid.NewGuid().ToString("N");
        using var client = Visitor.Create(tunnel.Port, Version.Parse(version));
        using var leave = new CancellationTokenSource();
        var request = client.GetAsync($"http://node.test/{path}?id={id}", leave.Token);
        await Eventually.IsTrueAsync(() => FateIsAsync(id, "running"), "the origin has the request");
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => request.Within());

        await Eventually.IsTrueAsync(() => FateIsAsync(id, "gone"), "the origin knows that the visitor left");
    }

    [Fact]
    public async Task A_visitor_who_resets_is_noticed_while_the_origin_is_still_thinking()
    {
        var id = Guid.NewGuid().ToString("N");
        using var visitor = await RawVisitor.ConnectAsync(tunnel.Port);
        await visitor.SendAsync($"GET /silent?id={id} HTTP/1.1\r\nHost: node.test\r\n\r\n");
        await Eventually.IsTrueAsync(() => FateIsAsync(id, "running"), "the origin has the request");
        visitor.Reset();

        await Eventually.IsTrueAsync(() => FateIsAsync(id, "gone"), "the origin knows that the visitor left");
    }

    [Theory]
    [InlineData("1.1", "/truncated")]
    [InlineData("1.1", "/truncated?chunked")]
    [InlineData("2.0", "/truncated")]
    [InlineData("2.0", "/truncated?chunked")]
    public async Task An_answer_that_the_origin_breaks_off_is_seen_as_truncated(string version, string target)
    {
        using var client = Visitor.Create(tunnel.Port, Version.Parse(version));
        using var answer = await client.GetAsync(
            "http://node.test" + target, HttpCompletionOption.ResponseHeadersRead, Deadline.Token());
        await using var body = await answer.Content.ReadAsStreamAsync();
        var buffer = new byte[100];
        await body.ReadExactlyAsync(buffer.AsMemory(0, "the beginning".Length), Deadline.Token());

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await Assert.ThrowsAnyAsync<IOException>(() => body.ReadAsync(buffer, Deadline.Token()).AsTask());
    }

    [Theory]
    [InlineData("http://node.test/reset")]
    [InlineData("http://refused.test/")]
    public async Task An_origin_that_cannot_answer_is_a_bad_gateway(string address)
    {
        foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            using var client = Visitor.Create(tunnel.Port, version);
            using var answer = await client.GetAsync(address, Deadline.Token());

            Assert.Equal(HttpStatusCode.BadGateway, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_hundred_visitors_who_leave_disturb_nobody()
    {
        using var client = Visitor.Http2(tunnel.Port);
        using var leave = new CancellationTokenSource();
        var leaving = Enumerable.Range(0, 100)
            .Select(index => client.GetAsync($"http://node.test/silent?id=many{index}", leave.Token)).ToList();
        await Eventually.IsTrueAsync(() => FateIsAsync("many99", "running"), "the origin has the requests");
        await leave.CancelAsync();
        Assert.All(await Task.WhenAll(leaving.Select(request => request.ContinueWith(done => done.IsCanceled))).Within(), Assert.True);

        Assert.Equal("hello\n", await client.GetStringAsync("http://node.test/hello", Deadline.Token()));
        await Eventually.IsTrueAsync(() => FateIsAsync("many99", "gone"), "the origin knows that they left");
    }

    private async Task<bool> FateIsAsync(string id, string expected)
    {
        using var client = Visitor.Http1(tunnel.Port);
        return await client.GetStringAsync($"http://node.test/fate?id={id}", Deadline.Token()) == expected;
    }
}
