using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Connections;

namespace Engine.Tests.Transports;

/// <summary>What every transport promises, written once: a subclass only says how a connected pair is made.</summary>
public abstract class ConnectionContract
{
    protected static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    protected abstract Task<ConnectionPair> ConnectAsync();

    /// <summary>A Unix socket has no reset on the wire.</summary>
    protected virtual bool ResetIsVisible => true;

    [Fact]
    public async Task Bytes_arrive_in_both_directions()
    {
        await using var pair = await ConnectAsync();
        await pair.Client.SendTextAsync("ping");
        Assert.Equal("ping", await pair.Server.ReadTextAsync(4));
        await pair.Server.SendTextAsync("pong");
        Assert.Equal("pong", await pair.Client.ReadTextAsync(4));
    }

    [Fact]
    public async Task Completing_the_output_ends_the_peers_input_and_nothing_else()
    {
        await using var pair = await ConnectAsync();
        await pair.Client.SendTextAsync("question");
        await pair.Client.Transport.Output.CompleteAsync().AsTask().WaitAsync(Deadline);

        Assert.Equal("question", await pair.Server.ReadToEndAsync());
        await pair.Server.SendTextAsync("a late answer");
        await pair.Server.Transport.Output.CompleteAsync().AsTask().WaitAsync(Deadline);
        Assert.Equal("a late answer", await pair.Client.ReadToEndAsync());
    }

    [Fact]
    public async Task Completing_sends_what_was_written_and_not_flushed()
    {
        await using var pair = await ConnectAsync();
        pair.Client.Transport.Output.Write("unflushed"u8);
        pair.Client.Transport.Output.Complete();
        Assert.Equal("unflushed", await pair.Server.ReadToEndAsync());
    }

    [Fact]
    public async Task A_half_closed_connection_carries_much_the_other_way()
    {
        await using var pair = await ConnectAsync();
        await pair.Client.Transport.Output.CompleteAsync();
        Assert.Equal("", await pair.Server.ReadToEndAsync());
        var sent = RandomNumberGenerator.GetBytes(3_000_000);
        var writing = pair.Server.SendAllAsync(sent);
        var received = await pair.Client.ReadAllAsync();
        await writing.WaitAsync(Deadline);
        AssertSame(sent, received);
    }

    [Fact]
    public async Task Much_both_ways_at_once_arrives_whole()
    {
        await using var pair = await ConnectAsync();
        var there = RandomNumberGenerator.GetBytes(2_000_000);
        var back = RandomNumberGenerator.GetBytes(2_500_000);
        var sendThere = pair.Client.SendAllAsync(there);
        var sendBack = pair.Server.SendAllAsync(back);
        var readThere = pair.Server.ReadAllAsync();
        var readBack = pair.Client.ReadAllAsync();
        await Task.WhenAll(sendThere, sendBack, readThere, readBack).WaitAsync(Deadline);
        AssertSame(there, await readThere);
        AssertSame(back, await readBack);
    }

    [Fact]
    public async Task Writes_of_every_size_arrive_in_order()
    {
        await using var pair = await ConnectAsync();
        var sent = RandomNumberGenerator.GetBytes(600_000);
        var reading = pair.Server.ReadAllAsync();
        var size = 1;
        for (var at = 0; at < sent.Length; at += size, size = Math.Min(size * 3, 200_000))
        {
            size = Math.Min(size, sent.Length - at);
            pair.Client.Transport.Output.Write(sent.AsSpan(at, size));
            await pair.Client.FlushAsync();
        }

        await pair.Client.Transport.Output.CompleteAsync();
        AssertSame(sent, await reading.WaitAsync(Deadline));
    }

    [Fact]
    public async Task After_an_abort_the_peer_finds_a_reset()
    {
        await using var pair = await ConnectAsync();
        var reading = pair.Server.ReadAsync();
        pair.Client.Abort(new ConnectionAbortedException("test"));
        if (ResetIsVisible)
        {
            await Assert.ThrowsAsync<ConnectionResetException>(() => reading.WaitAsync(Deadline));
            await Assert.ThrowsAsync<ConnectionResetException>(() => pair.Server.ReadAsync());
            Assert.True(pair.Server.ConnectionClosed.IsCancellationRequested);
        }
        else
        {
            Assert.True((await reading.WaitAsync(Deadline)).IsCompleted);
        }
    }

    [Fact]
    public async Task After_an_abort_the_peers_flushes_fail_as_reset()
    {
        await using var pair = await ConnectAsync();
        pair.Client.Abort(new ConnectionAbortedException("test"));
        await Assert.ThrowsAsync<ConnectionResetException>(async () =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                pair.Server.Transport.Output.Write(new byte[1000]);
                await pair.Server.FlushAsync();
            }
        });
    }

    [Fact]
    public async Task An_abort_ends_the_own_pending_read_and_flush_as_aborted()
    {
        await using var pair = await ConnectAsync();
        var reading = pair.Client.ReadAsync();
        var flushing = pair.Client.FillAsync();
        pair.Client.Abort(new ConnectionAbortedException("why it was aborted"));
        Assert.Equal("why it was aborted", (await Assert.ThrowsAsync<ConnectionAbortedException>(() => reading.WaitAsync(Deadline))).Message);
        await Assert.ThrowsAsync<ConnectionAbortedException>(() => flushing.WaitAsync(Deadline));
        await Assert.ThrowsAsync<ConnectionAbortedException>(() => pair.Client.ReadAsync());
        await Assert.ThrowsAsync<ConnectionAbortedException>(() => pair.Client.FlushAsync());
        Assert.True(pair.Client.ConnectionClosed.IsCancellationRequested);
    }

    [Fact]
    public async Task Completing_the_output_with_an_error_is_an_abort()
    {
        await using var pair = await ConnectAsync();
        pair.Client.Transport.Output.Complete(new InvalidOperationException("broken"));
        await Assert.ThrowsAsync<ConnectionAbortedException>(() => pair.Client.ReadAsync());
        if (ResetIsVisible)
        {
            await Assert.ThrowsAsync<ConnectionResetException>(() => pair.Server.ReadAsync());
        }
    }

    [Fact]
    public async Task A_flush_waits_for_the_reader_and_goes_on_when_it_reads()
    {
        await using var pair = await ConnectAsync();
        var filling = pair.Client.FillAsync(until: 32_000_000);
        var first = await pair.Server.ReadAsync();
        pair.Server.Transport.Input.AdvanceTo(first.Buffer.Start);
        Assert.False(filling.IsCompleted);
        var total = await pair.Server.SkipAsync(32_000_000);
        Assert.Equal(32_000_000, total);
        await filling.WaitAsync(Deadline);
    }

    [Fact]
    public async Task A_cancelled_read_loses_nothing()
    {
        await using var pair = await ConnectAsync();
        using var cancel = new CancellationTokenSource();
        var reading = pair.Server.Transport.Input.ReadAsync(cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(Deadline));

        reading = pair.Server.Transport.Input.ReadAsync().AsTask();
        pair.Server.Transport.Input.CancelPendingRead();
        var canceled = await reading.WaitAsync(Deadline);
        Assert.True(canceled.IsCanceled);
        pair.Server.Transport.Input.AdvanceTo(canceled.Buffer.End);

        await pair.Client.SendTextAsync("still here");
        Assert.Equal("still here", await pair.Server.ReadTextAsync(10));
    }

    [Fact]
    public async Task A_cancelled_flush_sends_its_bytes_once()
    {
        await using var pair = await ConnectAsync();
        var sent = RandomNumberGenerator.GetBytes(24_000_000);
        using var cancel = new CancellationTokenSource();
        var output = pair.Client.Transport.Output;
        output.Write(sent.AsSpan(0, 20_000_000));
        var flushing = output.FlushAsync(cancel.Token).AsTask();
        Assert.False(flushing.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => flushing.WaitAsync(Deadline));

        output.Write(sent.AsSpan(20_000_000, 2_000_000));
        flushing = output.FlushAsync().AsTask();
        output.CancelPendingFlush();
        Assert.True((await flushing.WaitAsync(Deadline)).IsCanceled);

        output.Write(sent.AsSpan(22_000_000));
        var reading = pair.Server.ReadAllAsync();
        await pair.Client.FlushAsync();
        await output.CompleteAsync().AsTask().WaitAsync(Deadline);
        AssertSame(sent, await reading.WaitAsync(Deadline));
    }

    [Fact]
    public async Task What_was_examined_and_not_consumed_is_read_again_with_more()
    {
        await using var pair = await ConnectAsync();
        var text = "a line that comes byte by byte";
        var reading = pair.Server.ReadTextAsync(text.Length);
        foreach (var character in text)
        {
            await pair.Client.SendTextAsync(character.ToString());
        }

        Assert.Equal(text, await reading.WaitAsync(Deadline));
    }

    [Fact]
    public async Task A_read_of_what_was_not_examined_answers_at_once()
    {
        await using var pair = await ConnectAsync();
        await pair.Client.SendTextAsync("abc");
        Assert.Equal("abc", await pair.Server.PeekTextAsync(3));
        Assert.True(pair.Server.Transport.Input.TryRead(out var again));
        Assert.Equal(3, again.Buffer.Length);
        pair.Server.Transport.Input.AdvanceTo(again.Buffer.GetPosition(1), again.Buffer.End);
        Assert.False(pair.Server.Transport.Input.TryRead(out _));
        await pair.Client.SendTextAsync("d");
        Assert.Equal("bcd", await pair.Server.ReadTextAsync(3));
    }

    [Fact]
    public async Task Disposing_ends_the_output_in_order()
    {
        await using var pair = await ConnectAsync();
        pair.Client.Transport.Output.Write("the last words"u8);
        await pair.Client.DisposeAsync().AsTask().WaitAsync(Deadline);
        Assert.Equal("the last words", await pair.Server.ReadToEndAsync());
        Assert.True(pair.Client.ConnectionClosed.IsCancellationRequested);
    }

    [Fact]
    public async Task Disposing_twice_and_aborting_afterwards_do_nothing()
    {
        await using var pair = await ConnectAsync();
        await pair.Client.SendTextAsync("kept");
        await pair.Client.DisposeAsync();
        pair.Client.Abort();
        await pair.Client.DisposeAsync();
        Assert.Equal("kept", await pair.Server.ReadToEndAsync());
    }

    [Fact]
    public async Task Disposing_ends_a_read_that_waits()
    {
        await using var pair = await ConnectAsync();
        var reading = pair.Client.ReadAsync();
        await pair.Client.DisposeAsync();
        await Assert.ThrowsAsync<ConnectionAbortedException>(() => reading.WaitAsync(Deadline));
    }

    [Fact]
    public async Task The_end_of_the_input_stays_the_end()
    {
        await using var pair = await ConnectAsync();
        await pair.Client.Transport.Output.CompleteAsync();
        for (var i = 0; i < 3; i++)
        {
            var result = await pair.Server.ReadAsync();
            Assert.True(result.IsCompleted);
            Assert.True(result.Buffer.IsEmpty);
            pair.Server.Transport.Input.AdvanceTo(result.Buffer.End);
        }
    }

    [Fact]
    public async Task Using_a_completed_writer_or_reader_is_refused()
    {
        await using var pair = await ConnectAsync();
        pair.Client.Transport.Output.Complete();
        Assert.Throws<InvalidOperationException>(() => { pair.Client.Transport.Output.GetMemory(); });
        pair.Client.Transport.Input.Complete();
        await Assert.ThrowsAsync<InvalidOperationException>(() => pair.Client.ReadAsync());
    }

    [Fact]
    public async Task Connections_have_ids_and_end_points()
    {
        await using var pair = await ConnectAsync();
        Assert.False(string.IsNullOrEmpty(pair.Client.ConnectionId));
        Assert.NotEqual(pair.Client.ConnectionId, pair.Server.ConnectionId);
        Assert.NotNull(pair.Client.RemoteEndPoint);
        Assert.NotNull(pair.Server.LocalEndPoint);
    }

    private static void AssertSame(byte[] expected, byte[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        Assert.True(expected.AsSpan().SequenceEqual(actual), "The bytes differ.");
    }
}
