using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Engine.Buffers;
using Engine.Fields;
using Engine.Http2;
using Engine.Testing;
using Engine.Transports;
using Microsoft.AspNetCore.Connections;

namespace Engine.Tests.Http2;

/// <summary>Both roles against each other over memory: bulk, many streams, fairness, and ends that race.</summary>
public class BothRolesTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(1 << 20)]
    public async Task Megabytes_echoed_over_many_streams_arrive_whole(int transportBuffer)
    {
        await using var pair = new Pair(EchoAsync, transportBuffer);
        var octets = transportBuffer == 1 ? 20_000 : 3_000_000;
        var echoes = new List<Task>();
        for (var i = 0; i < 8; i++)
        {
            echoes.Add(RoundTripAsync(pair.Client, RandomNumberGenerator.GetBytes(octets + i)));
        }

        await Task.WhenAll(echoes).Within(Deadline.Bulk);
        await pair.ShutdownAsync();
        Assert.Equal(0, pair.Budget.Used);
    }

    [Fact]
    public async Task Thousands_of_small_requests_at_once_are_all_answered()
    {
        // On the pool: in the runner's context its few threads would take turns at every step of every request.
        await Task.Run(AnswerThousandsAsync);

        static async Task AnswerThousandsAsync()
        {
            await using var pair = new Pair(EchoAsync, 64 << 10, serverOptions: options => options.MaxConcurrentStreams = 50);
            await pair.Client.SettingsReceived.Within();
            var answers = new List<Task>();
            for (var i = 0; i < 3000; i++)
            {
                answers.Add(RoundTripAsync(pair.Client, Encoding.ASCII.GetBytes($"request {i}")));
            }

            await Task.WhenAll(answers).Within();
            await pair.ShutdownAsync();
        }
    }

    [Fact]
    public async Task From_many_threads_everything_still_arrives()
    {
        await using var pair = new Pair(EchoAsync, 64 << 10);
        var answers = new List<Task>();
        for (var i = 0; i < 4; i++)
        {
            var seed = i;
            answers.Add(Task.Run(async () =>
            {
                for (var k = 0; k < 100; k++)
                {
                    await RoundTripAsync(pair.Client, RandomNumberGenerator.GetBytes((seed * 5000) + (k * 37)));
                }
            }));
        }

        await Task.WhenAll(answers).Within(Deadline.Bulk);
        await pair.ShutdownAsync();
    }

    [Fact]
    public async Task A_stalled_download_leaves_the_others_their_speed()
    {
        await using var pair = new Pair(BlobAsync, 64 << 10);
        var stalled = new List<Http2Stream>();
        for (var i = 0; i < 50; i++)
        {
            var stream = await pair.Client.OpenStreamAsync(RawPeer.Request(path: "/5000000"), endStream: true).Within();
            await stream.ReadHeadAsync().Within();
            stalled.Add(stream); // Nobody reads its body.
        }

        await using var download = await pair.Client.OpenStreamAsync(RawPeer.Request(path: "/30000000"), endStream: true).Within();
        long received = 0;
        while (true)
        {
            var read = await download.Transport.Input.ReadAsync().Within();
            received += read.Buffer.Length;
            download.Transport.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                break;
            }
        }

        Assert.Equal(30_000_000, received);
        foreach (var stream in stalled)
        {
            await stream.DisposeAsync();
        }

        await pair.ShutdownAsync();
        Assert.Equal(0, pair.Budget.Used);
    }

    /// <summary>What they leave unread would be 200 MiB in windows of 1 MiB, and the budget is 64.</summary>
    [Fact]
    public async Task Two_hundred_stalled_downloads_do_not_spend_the_budget_of_the_others()
    {
        await using var pair = new Pair(BlobAsync, 64 << 10);
        var stalled = new List<Http2Stream>();
        for (var i = 0; i < 200; i++)
        {
            var stream = await pair.Client.OpenStreamAsync(RawPeer.Request(path: "/5000000"), endStream: true).Within();
            await stream.ReadHeadAsync().Within();
            stalled.Add(stream);
        }

        for (var i = 0; i < 3; i++)
        {
            await using var download = await pair.Client.OpenStreamAsync(RawPeer.Request(path: "/10000000"), endStream: true).Within();
            await download.ReadHeadAsync().Within();
            Assert.Equal(10_000_000, (await download.Transport.Input.ReadAllAsync().Within()).Length);
        }

        Assert.InRange(pair.Budget.Used, 1, 40 << 20);

        // Those who wake up get everything, with their windows below zero at first.
        foreach (var stream in stalled)
        {
            if (stream.StreamId % 40 == 1)
            {
                Assert.Equal(5_000_000, (await stream.Transport.Input.ReadAllAsync().Within()).Length);
            }

            await stream.DisposeAsync();
        }

        await pair.ShutdownAsync();
        Assert.Equal(0, pair.Budget.Used);
    }

    [Fact]
    public async Task Resets_that_race_with_ends_leave_nothing_behind()
    {
        await using var pair = new Pair(EchoAsync, 4096);
        var random = new Random(7);
        var running = new List<Task>();
        for (var i = 0; i < 300; i++)
        {
            var kind = random.Next(6);
            var body = new byte[random.Next(40_000)];
            running.Add(Task.Run(() => MistreatAsync(pair.Client, body, kind)));
        }

        await Task.WhenAll(running).Within();
        await RoundTripAsync(pair.Client, new byte[100_000]).Within();
        await pair.ShutdownAsync();
        Assert.Equal(0, pair.Budget.Used);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_abort_in_the_middle_of_everything_completes_every_call(bool byClient)
    {
        await using var pair = new Pair(EchoAsync, 4096);
        var running = new List<Task>();
        for (var i = 0; i < 200; i++)
        {
            running.Add(Task.Run(() => TransferUntilItFailsAsync(pair.Client)));
        }

        await RoundTripAsync(pair.Client, new byte[10_000]).Within();
        (byClient ? pair.Client : pair.Server).Abort(new ConnectionAbortedException("enough"));
        await Task.WhenAll(running).Within();
        await pair.ServerRun.Within();
        await pair.ClientRun.Within();
        Assert.False(pair.Client.IsOpenForStreams);
        await pair.Serving.Within();
        Assert.Equal(0, pair.Budget.Used);
    }

    [Fact]
    public async Task A_server_that_shuts_down_answers_every_request_or_promises_that_it_did_not_touch_it()
    {
        await using var pair = new Pair(EchoAsync, 64 << 10);
        await pair.Client.SettingsReceived.Within();
        var outcomes = new List<Task<bool>>();
        for (var i = 0; i < 200; i++)
        {
            outcomes.Add(Task.Run(() => AnsweredOrRefusedAsync(pair.Client)));
            if (i == 100)
            {
                Assert.True(await outcomes[0].Within());
                _ = pair.Server.ShutdownAsync().AsTask();
            }
        }

        var answered = (await Task.WhenAll(outcomes).Within()).Count(outcome => outcome);
        Assert.InRange(answered, 1, 200);
        Assert.True((await pair.ServerRun.Within()).IsClean);
        Assert.True((await pair.ClientRun.Within()).IsClean);
    }

    private static async Task<bool> AnsweredOrRefusedAsync(Http2Connection client)
    {
        try
        {
            await RoundTripAsync(client, new byte[100]);
            return true;
        }
        catch (Http2StreamRefusedException refused)
        {
            Assert.True(refused.IsSafeToRetry);
            return false;
        }
        catch (Http2StreamResetException reset)
        {
            Assert.True(reset.IsSafeToRetry, reset.Message);
            return false;
        }
    }

    private static async Task TransferUntilItFailsAsync(Http2Connection client)
    {
        try
        {
            while (true)
            {
                await RoundTripAsync(client, new byte[50_000]);
            }
        }
        catch (Exception failure) when (failure is ConnectionResetException or ConnectionAbortedException or Http2StreamRefusedException)
        {
            // What the test waits for.
        }
    }

    private static async Task MistreatAsync(Http2Connection client, byte[] body, int kind)
    {
        var stream = await client.OpenStreamAsync(RawPeer.Request("POST"), endStream: false);
        try
        {
            switch (kind)
            {
                case 0:
                    await stream.DisposeAsync();
                    break;
                case 1:
                    var flush = stream.Transport.Output.WriteAsync(body);
                    stream.Reset(Http2ErrorCode.Cancel);
                    stream.Reset(Http2ErrorCode.Cancel);
                    await flush;
                    break;
                case 2:
                    await stream.Transport.Output.WriteAsync(body);
                    stream.Transport.Output.Complete();
                    stream.Abort();
                    break;
                case 3:
                    await stream.Transport.Output.WriteAsync(body);
                    await stream.Transport.Output.CompleteAsync();
                    await stream.ReadHeadAsync();
                    break;
                case 4:
                    await stream.Transport.Output.WriteAsync(body);
                    stream.Transport.Input.Complete();
                    await stream.Transport.Output.CompleteAsync();
                    break;
                default:
                    await stream.Transport.Output.CompleteAsync(new IOException("the source broke"));
                    stream.Transport.Output.Write(body);
                    await stream.Transport.Output.FlushAsync();
                    break;
            }
        }
        catch (Exception failure) when (failure is ConnectionResetException or ConnectionAbortedException)
        {
            // Every one of these may happen; none may hang.
        }

        await stream.DisposeAsync();
        await stream.DisposeAsync();
    }

    private static async Task RoundTripAsync(Http2Connection client, byte[] body)
    {
        await using var stream = await client.OpenStreamAsync(RawPeer.Request("POST", "/echo"), endStream: false);
        var sending = SendAsync(stream, body);
        var head = await stream.ReadHeadAsync();
        Assert.Equal("200", head.GetString(":status"u8));
        var echo = new MemoryStream();
        while (true)
        {
            var read = await stream.Transport.Input.ReadAsync();
            foreach (var part in read.Buffer)
            {
                echo.Write(part.Span);
            }

            stream.Transport.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                break;
            }
        }

        await sending;
        Assert.True(echo.ToArray().AsSpan().SequenceEqual(body));
    }

    private static async Task SendAsync(Http2Stream stream, byte[] body)
    {
        for (var at = 0; at < body.Length; at += 30_000)
        {
            await stream.Transport.Output.WriteAsync(body.AsMemory(at, Math.Min(30_000, body.Length - at)));
        }

        await stream.Transport.Output.CompleteAsync();
    }

    private static async Task EchoAsync(Http2Stream stream)
    {
        stream.WriteHead(RawPeer.Response(200));
        await stream.Transport.Input.CopyToAsync(stream.Transport.Output);
        await stream.Transport.Output.CompleteAsync();
    }

    private static async Task BlobAsync(Http2Stream stream)
    {
        var left = int.Parse(stream.Head.GetString(":path"u8)!.AsSpan(1), System.Globalization.CultureInfo.InvariantCulture);
        stream.WriteHead(RawPeer.Response(200));
        while (left > 0)
        {
            var part = Math.Min(left, 64 << 10);
            stream.Transport.Output.GetSpan(part)[..part].Clear();
            stream.Transport.Output.Advance(part);
            left -= part;
            await stream.Transport.Output.FlushAsync();
        }

        await stream.Transport.Output.CompleteAsync();
    }

    /// <summary>A client and a server with a handler for its requests.</summary>
    private sealed class Pair : IAsyncDisposable
    {
        private readonly Func<Http2Stream, Task> _handler;

        public Pair(Func<Http2Stream, Task> handler, int transportBuffer, Action<Http2ConnectionOptions>? serverOptions = null)
        {
            _handler = handler;
            var (near, far) = MemoryConnection.CreatePair(new MemoryConnectionOptions { BufferSize = transportBuffer });
            var options = Http2ConnectionOptions.Tunnel();
            options.Budget = Budget;
            serverOptions?.Invoke(options);
            Server = new Http2Connection(far, Http2Role.Server, options);
            var clientOptions = Http2ConnectionOptions.Tunnel();
            clientOptions.Budget = Budget;
            Client = new Http2Connection(near, Http2Role.Client, clientOptions);
            ServerRun = Server.RunAsync();
            ClientRun = Client.RunAsync();
            Serving = ServeAsync();
        }

        public MemoryBudget Budget { get; } = new(64 << 20);

        public Http2Connection Client { get; }

        public Http2Connection Server { get; }

        public Task<Http2ConnectionEnd> ServerRun { get; }

        public Task<Http2ConnectionEnd> ClientRun { get; }

        public Task Serving { get; }

        public async Task ShutdownAsync()
        {
            await Client.ShutdownAsync().Within();
            Assert.True((await ClientRun.Within()).IsClean);
            Assert.True((await ServerRun.Within()).IsClean);
            await Serving.Within();
        }

        public async ValueTask DisposeAsync()
        {
            await Client.DisposeAsync().Within();
            await Server.DisposeAsync().Within();
            await Serving.Within();
        }

        private async Task ServeAsync()
        {
            var running = new List<Task>();
            while (await Server.AcceptAsync() is Http2Stream stream)
            {
                running.Add(HandleAsync(stream));
            }

            await Task.WhenAll(running);
        }

        private async Task HandleAsync(Http2Stream stream)
        {
            await using (stream)
            {
                try
                {
                    await _handler(stream);
                }
                catch (Exception failure) when (failure is ConnectionResetException or ConnectionAbortedException)
                {
                    // The client reset it, or the connection is over.
                }
            }
        }
    }
}
