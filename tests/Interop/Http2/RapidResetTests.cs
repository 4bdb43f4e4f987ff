using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Engine.Testing;
using Xunit.Abstractions;

namespace Engine.Interop.Http2;

/// <summary>One visitor who opens and resets ten thousand streams a second; the others notice nothing.</summary>
[Collection(OneAtATime.Name)]
public class RapidResetTests(HostFixture host, ITestOutputHelper output) : IClassFixture<HostFixture>
{
    private const int ResetsASecond = 10_000;
    private const int Batch = 100;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(3);

    [Fact]
    public async Task Others_see_no_error_while_one_visitor_resets_ten_thousand_streams_a_second()
    {
        using var others = new HttpClient
        {
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = Deadline.Standard,
        };
        var abuse = AbuseAsync();
        var answered = 0;
        var slowest = TimeSpan.Zero;
        while (!abuse.IsCompleted)
        {
            var began = Stopwatch.GetTimestamp();
            var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => others.GetStringAsync(host.Cleartext + "/"))).Within();
            slowest = TimeSpan.FromTicks(Math.Max(slowest.Ticks, Stopwatch.GetElapsedTime(began).Ticks));
            answered += answers.Length; // GetStringAsync throws on any error
        }

        var (resets, cuts) = await abuse;
        output.WriteLine($"{resets} resets in {Duration}, cut {cuts} times; others: {answered} answers, the slowest ten took {slowest.TotalMilliseconds:F0} ms");
        Assert.True(resets >= ResetsASecond * Duration.TotalSeconds, $"Only {resets} resets were sent.");
        Assert.True(answered >= 100, $"Only {answered} requests of others were answered.");
    }

    /// <summary>Keeps the pace, over a new connection whenever the old one was cut.</summary>
    private async Task<(int Resets, int Cuts)> AbuseAsync()
    {
        int resets = 0, cuts = 0, stream = 1;
        Socket? socket = null;
        var watch = Stopwatch.StartNew();
        while (watch.Elapsed < Duration || resets < ResetsASecond * Duration.TotalSeconds)
        {
            if (resets > watch.Elapsed.TotalSeconds * ResetsASecond)
            {
                await Task.Delay(1);
                continue;
            }

            try
            {
                if (socket is null)
                {
                    socket = await ConnectAsync();
                    stream = 1;
                }

                await socket.SendAsync(OpenAndReset(stream)).Within();
                stream += 2 * Batch;
                resets += Batch;
                if (socket.Poll(0, SelectMode.SelectRead) && socket.Receive(new byte[65_536]) == 0)
                {
                    throw new SocketException((int)SocketError.Shutdown);
                }
            }
            catch (SocketException)
            {
                socket?.Dispose();
                socket = null;
                cuts++;
            }

            Assert.True(watch.Elapsed < Deadline.Bulk, $"The abuser could send only {resets} resets.");
        }

        socket?.Dispose();
        return (resets, cuts);
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, host.Port).Within();
        await socket.SendAsync((byte[])[.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, 0, 4, 0, 0, 0, 0, 0]).Within();
        return socket;
    }

    /// <summary>A batch of GETs, each cancelled in the next frame.</summary>
    private static byte[] OpenAndReset(int stream)
    {
        // :method GET, :scheme http, :path /, and :authority as a literal (RFC 7541 §6)
        byte[] block = [0x82, 0x86, 0x84, 0x01, 9, .. "localhost"u8];
        var frames = new List<byte>();
        var id = new byte[4];
        for (var i = 0; i < Batch; i++, stream += 2)
        {
            BinaryPrimitives.WriteInt32BigEndian(id, stream);
            frames.AddRange([0, 0, (byte)block.Length, 1, 5, .. id, .. block]);
            frames.AddRange([0, 0, 4, 3, 0, .. id, 0, 0, 0, 8]);
        }

        return [.. frames];
    }
}
