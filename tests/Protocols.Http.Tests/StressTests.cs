using System.Buffers;
using System.Text;
using Engine.Http1;
using Engine.Testing;
using Microsoft.AspNetCore.Connections;

namespace Engine.Protocols.Http.Tests;

/// <summary>Many exchanges at once over real sockets, with an origin that closes when it likes and visitors who leave.</summary>
public sealed class StressTests
{
    [Fact]
    public async Task Requests_that_may_be_repeated_survive_an_origin_that_closes_idle_connections()
    {
        await using var origin = await LoopbackOrigin.StartAsync(at => $"http://127.0.0.1:{LoopbackOrigin.PortOf(at)}");
        using var stop = new CancellationTokenSource();
        var serving = ServeAsync(origin, stop.Token);
        var workers = Enumerable.Range(0, 16).Select(worker => Task.Run(() => VisitAsync(origin, worker))).ToArray();
        await Task.WhenAll(workers).Within(Deadline.Bulk);
        stop.Cancel();
        await origin.DisposeAsync();
        await serving.Within();
        Assert.Equal(0, origin.Handler.Pools.IdleCount);
    }

    private static async Task VisitAsync(LoopbackOrigin origin, int worker)
    {
        var random = new Random(worker);
        for (var i = 0; i < 100; i++)
        {
            var target = $"/{worker}/{i}";
            var stream = new FakeTunnelStream(target: target);
            var handling = origin.Handle(stream);
            if (random.Next(5) == 0)
            {
                stream.Visitor.Abort();
                await handling.Within();
                continue;
            }

            Assert.Equal(target, await stream.Visitor.ReadToEndAsync());
            await handling.Within();
            Assert.Null(stream.Failure);
        }
    }

    private static async Task ServeAsync(LoopbackOrigin origin, CancellationToken stop)
    {
        var connections = new List<Task>();
        try
        {
            while (await origin.AcceptAsync(stop) is { } connection)
            {
                connections.Add(ServeAsync(connection, connections.Count));
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }

        await Task.WhenAll(connections).Within();
    }

    private static async Task ServeAsync(ConnectionContext connection, int seed)
    {
        var random = new Random(seed);
        var reader = new Http1Reader(connection.Transport.Input);
        var head = new Http1RequestHead();
        try
        {
            do
            {
                if (!await reader.ReadRequestHeadAsync(head))
                {
                    break;
                }

                var body = Encoding.Latin1.GetString(head.Target);
                await connection.SendAsync($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n{body}");
            }
            while (random.Next(4) != 0);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // A visitor who left reset us.
        }

        await connection.DisposeAsync();
    }
}
