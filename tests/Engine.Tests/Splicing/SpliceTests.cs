using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Security.Cryptography;
using Engine.Splicing;
using Engine.Testing;
using Engine.Tests.Transports;
using Engine.Transports;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Time.Testing;

namespace Engine.Tests.Splicing;

public sealed class SpliceTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    private readonly ConnectionContext _left;
    private readonly ConnectionContext _a;
    private readonly ConnectionContext _b;
    private readonly ConnectionContext _right;

    public SpliceTests()
    {
        (_left, _a) = MemoryConnection.CreatePair();
        (_b, _right) = MemoryConnection.CreatePair();
    }

    [Fact]
    public async Task Each_direction_ends_on_its_own()
    {
        var splice = Start();
        await _left.SendTextAsync("question");
        await _left.Transport.Output.CompleteAsync();
        Assert.Equal("question", await _right.ReadToEndAsync());
        Assert.False(splice.IsCompleted);
        await _right.SendTextAsync("long after the end of the question");
        await _right.Transport.Output.CompleteAsync();
        Assert.Equal("long after the end of the question", await _left.ReadToEndAsync());

        var result = await splice.WaitAsync(Deadline);
        Assert.True(result.IsClean);
        Assert.Equal((8, 34), (result.AToB.Bytes, result.BToA.Bytes));
        Assert.Equal(SpliceSide.None, result.Failed);
        Assert.Null(result.Error);
    }

    [Fact]
    public async Task A_byte_is_passed_on_at_once()
    {
        var splice = Start();
        foreach (var character in "key by key")
        {
            await _left.SendTextAsync(character.ToString());
            Assert.Equal(character.ToString(), await _right.ReadTextAsync(1));
        }

        Assert.False(splice.IsCompleted);
    }

    [Fact]
    public async Task Much_both_ways_arrives_whole()
    {
        var there = RandomNumberGenerator.GetBytes(3_000_000);
        var back = RandomNumberGenerator.GetBytes(2_000_000);
        var splice = Start();
        var readThere = _right.ReadAllAsync();
        var readBack = _left.ReadAllAsync();
        await Task.WhenAll(_left.SendAllAsync(there), _right.SendAllAsync(back), readThere, readBack).WaitAsync(Deadline);
        Assert.Equal(SHA256.HashData(there), SHA256.HashData(await readThere));
        Assert.Equal(SHA256.HashData(back), SHA256.HashData(await readBack));
        Assert.True((await splice.WaitAsync(Deadline)).IsClean);
    }

    [Fact]
    public async Task A_side_that_does_not_read_stops_the_other_sides_sender()
    {
        _ = Start();
        var filling = _left.FillAsync(until: 1_000_000);
        Assert.False(filling.IsCompleted);
        await _right.SendTextAsync("the other way is free");
        Assert.Equal("the other way is free", await _left.ReadTextAsync(21));
        Assert.Equal(1_000_000, await _right.SkipAsync(1_000_000));
        await filling.WaitAsync(Deadline);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_reset_names_the_side_and_completes_no_output(bool left)
    {
        var splice = Start();
        await _left.SendTextAsync("x");
        await _right.SendTextAsync("y");
        await _left.ReadTextAsync(1);
        await _right.ReadTextAsync(1);
        (left ? _left : _right).Abort();
        var result = await splice.WaitAsync(Deadline);
        Assert.Equal(left ? SpliceSide.A : SpliceSide.B, result.Failed);
        Assert.IsType<ConnectionResetException>(result.Error);
        Assert.Equal(SpliceEnd.SourceFailed, (left ? result.AToB : result.BToA).End);
        Assert.Equal(SpliceEnd.Canceled, (left ? result.BToA : result.AToB).End);
        Assert.False(result.IsClean);

        var other = left ? _right : _left;
        var reading = other.ReadAsync();
        Assert.False(reading.IsCompleted);
        (left ? _b : _a).Abort();
        await Assert.ThrowsAsync<ConnectionResetException>(() => reading);
    }

    [Fact]
    public async Task After_a_failed_write_what_that_side_had_sent_still_gets_through()
    {
        var time = new FakeTimeProvider();
        var splice = Start(new SpliceOptions { TimeProvider = time });
        await _right.SendTextAsync("early answer");
        await _right.DisposeAsync();
        await _left.SendTextAsync("more of the request");
        Assert.Equal("early answer", await _left.ReadToEndAsync());
        var result = await splice.WaitAsync(Deadline);
        Assert.Equal(SpliceSide.B, result.Failed);
        Assert.Equal(SpliceEnd.DestinationFailed, result.AToB.End);
        Assert.Equal(SpliceEnd.Completed, result.BToA.End);
    }

    [Fact]
    public async Task After_a_failed_write_a_silent_side_is_waited_for_no_longer_than_the_drain_timeout()
    {
        var time = new FakeTimeProvider();
        var reader = new Pipe();
        var a = new PipePair(_a.Transport.Input, _a.Transport.Output);
        var b = new PipePair(reader.Reader, new BrokenWriter());
        var splice = Splice.RunAsync(a, b, new SpliceOptions { TimeProvider = time }).AsTask();
        await _left.SendTextAsync("x");
        await Eventually.IsTrueAsync(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(0.6));
                return splice.IsCompleted;
            },
            "an end after the drain time-out");
        var result = await splice;
        Assert.Equal((SpliceSide.B, SpliceEnd.DestinationFailed, SpliceEnd.Canceled), (result.Failed, result.AToB.End, result.BToA.End));
        Assert.Equal("no", result.Error!.Message);
    }

    [Fact]
    public async Task A_half_closed_splice_ends_when_it_is_silent_for_the_timeout()
    {
        var time = new WatchedTime();
        var splice = Start(new SpliceOptions { HalfCloseTimeout = TimeSpan.FromSeconds(10), TimeProvider = time });
        await _left.Transport.Output.CompleteAsync();
        Assert.Equal("", await _right.ReadToEndAsync());
        await time.TimerRunsAsync(TimeSpan.FromSeconds(10));
        time.Advance(TimeSpan.FromSeconds(9));
        await _right.SendTextAsync("z");
        Assert.Equal("z", await _left.ReadTextAsync(1));
        time.Advance(TimeSpan.FromSeconds(9));
        Assert.False(splice.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));
        var result = await splice.WaitAsync(Deadline);
        Assert.Equal((SpliceEnd.Completed, SpliceEnd.Idle), (result.AToB.End, result.BToA.End));
        Assert.Equal(SpliceSide.None, result.Failed);
    }

    [Fact]
    public async Task A_cancel_ends_both_directions_even_when_one_waits_to_write()
    {
        using var cancel = new CancellationTokenSource();
        var splice = Splice.RunAsync(_a.Transport, _b.Transport, null, cancel.Token).AsTask();
        var filling = _left.FillAsync(until: 1_000_000);
        Assert.False(splice.IsCompleted);
        await cancel.CancelAsync();
        var result = await splice.WaitAsync(Deadline);
        Assert.Equal((SpliceEnd.Canceled, SpliceEnd.Canceled), (result.AToB.End, result.BToA.End));
        _a.Abort();
        await Assert.ThrowsAsync<ConnectionResetException>(() => filling.WaitAsync(Deadline));
    }

    [Fact]
    public async Task Over_real_sockets_it_is_the_same()
    {
        await using var first = await TransportPairs.ConnectAsync(new SocketConnectionListenerFactory(), new SocketConnectionFactory(), new IPEndPoint(IPAddress.Loopback, 0));
        await using var second = await TransportPairs.ConnectAsync(new SocketConnectionListenerFactory(), new SocketConnectionFactory(), new IPEndPoint(IPAddress.Loopback, 0));
        var splice = Splice.RunAsync(first.Server.Transport, second.Client.Transport).AsTask();
        var sent = RandomNumberGenerator.GetBytes(5_000_000);
        var reading = second.Server.ReadAllAsync();
        await first.Client.SendAllAsync(sent);
        Assert.Equal(SHA256.HashData(sent), SHA256.HashData(await reading.WaitAsync(Deadline)));
        await second.Server.SendTextAsync("done");
        await second.Server.Transport.Output.CompleteAsync();
        Assert.Equal("done", await first.Client.ReadToEndAsync());
        var result = await splice.WaitAsync(Deadline);
        Assert.True(result.IsClean);
        Assert.Equal(5_000_000, result.AToB.Bytes);
    }

    private Task<SpliceResult> Start(SpliceOptions? options = null) => Splice.RunAsync(_a.Transport, _b.Transport, options).AsTask();

    private sealed record PipePair(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private sealed class BrokenWriter : PipeWriter
    {
        public override void Advance(int bytes)
        {
        }

        public override void CancelPendingFlush()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => throw new IOException("no");

        public override Memory<byte> GetMemory(int sizeHint = 0) => new byte[Math.Max(sizeHint, 16)];

        public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;
    }
}
