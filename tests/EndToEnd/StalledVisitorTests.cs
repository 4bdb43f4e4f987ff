using Engine.EndToEnd.Harness;
using Engine.EndToEnd.Origins;
using Engine.Testing;

namespace Engine.EndToEnd;

/// <summary>Visitors who ask for much and read nothing share the tunnel's connections with everyone else.</summary>
[Collection(TunnelTests.Name)]
public sealed class StalledVisitorTests(TunnelFixture tunnel)
{
    private const int Stalled = 50;
    private const long MemoryLimit = 512L << 20;

    [Fact]
    public async Task They_hold_up_nobody_and_cost_little_memory()
    {
        using var client = Visitor.Http2(tunnel.Port);
        var expected = await client.GetStringAsync("http://node.test/expected?mib=128", Deadline.Token());
        var visitors = new List<RawVisitor>();
        try
        {
            for (var index = 0; index < Stalled; index++)
            {
                var visitor = await RawVisitor.ConnectAsync(tunnel.Port);
                visitors.Add(visitor);
                await visitor.SendAsync("GET /gigabyte HTTP/1.1\r\nHost: files.test\r\n\r\n");
            }

            await using var body = await client.GetStreamAsync("http://node.test/bulk?mib=128", Deadline.Token());
            Assert.Equal((128L << 20, expected), await BulkFile.DigestAsync(body, Deadline.Token(Deadline.Standard)));
            Assert.Equal("hello\n", await client.GetStringAsync("http://node.test/hello", Deadline.Token()));
            Assert.All(tunnel.ResidentMemory(), used => Assert.InRange(used, 1, MemoryLimit));

            // A visitor who was only slow still gets what it asked for.
            await visitors[0].ReadUntilAsync("\r\n\r\n");
            Assert.StartsWith("HTTP/1.1 200 ", visitors[0].Received);
        }
        finally
        {
            visitors.ForEach(visitor => visitor.Reset());
        }
    }
}
