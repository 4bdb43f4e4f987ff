using System.Net;
using System.Text.Json;
using Engine.EndToEnd.Harness;
using Engine.EndToEnd.Origins;
using Engine.Testing;

namespace Engine.EndToEnd;

[Collection(TunnelTests.Name)]
public sealed class BulkTests(TunnelFixture tunnel)
{
    private const int Mebibytes = 1024;
    private const long Gigabyte = (long)Mebibytes << 20;

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_gigabyte_comes_down_whole(string version)
    {
        using var client = Visitor.Create(tunnel.Port, Version.Parse(version));
        using var answer = await client.GetAsync(
            "http://files.test/gigabyte", HttpCompletionOption.ResponseHeadersRead, Deadline.Token());

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(Gigabyte, answer.Content.Headers.ContentLength);
        await using var body = await answer.Content.ReadAsStreamAsync();
        var (length, hash) = await BulkFile.DigestAsync(body, Deadline.Token(Deadline.Bulk));
        Assert.Equal((Gigabyte, tunnel.GigabyteHash), (length, hash));
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task A_gigabyte_of_unknown_length_goes_up_and_is_consumed_before_the_answer(string version)
    {
        using var client = Visitor.Create(tunnel.Port, Version.Parse(version));
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://node.test/digest")
        {
            Version = client.DefaultRequestVersion,
            VersionPolicy = client.DefaultVersionPolicy,
            Content = new BlocksContent(Mebibytes),
        };
        using var answer = await client.SendAsync(request, Deadline.Token(Deadline.Bulk));

        using var digest = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal(Gigabyte, digest.RootElement.GetProperty("length").GetInt64());
        Assert.Equal(tunnel.GigabyteHash, digest.RootElement.GetProperty("hash").GetString());
        Assert.Equal("chunked", digest.RootElement.GetProperty("framing").GetString());
    }

    [Fact]
    public async Task A_file_put_into_nginx_arrives_whole()
    {
        using var client = Visitor.Http1(tunnel.Port);
        using var answer = await client.PutAsync("http://files.test/upload/up", new BlocksContent(64), Deadline.Token(Deadline.Bulk));

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        await using var stored = File.OpenRead(Path.Combine(tunnel.Uploads, "up"));
        using var expected = new MemoryStream();
        foreach (var block in BulkFile.Blocks(64))
        {
            expected.Write(block.Span);
        }

        expected.Position = 0;
        Assert.Equal(await BulkFile.DigestAsync(expected, Deadline.Token()), await BulkFile.DigestAsync(stored, Deadline.Token()));
    }

    [Fact]
    public async Task Many_transfers_at_once_are_each_whole()
    {
        using var client = Visitor.Http2(tunnel.Port);
        var expected = await client.GetStringAsync("http://node.test/expected?mib=16", Deadline.Token());
        var transfers = Enumerable.Range(0, 16).Select(async index =>
        {
            await using var body = await client.GetStreamAsync(
                $"http://node.test/bulk?mib=16{(index % 2 == 0 ? "&chunked" : "")}", Deadline.Token(Deadline.Bulk));
            return await BulkFile.DigestAsync(body, Deadline.Token(Deadline.Bulk));
        });

        Assert.All(await Task.WhenAll(transfers).Within(Deadline.Bulk), digest => Assert.Equal((16L << 20, expected), digest));
    }

    /// <summary>A body that does not say its length.</summary>
    private sealed class BlocksContent(int mebibytes) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            foreach (var block in BulkFile.Blocks(mebibytes))
            {
                await stream.WriteAsync(block);
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
