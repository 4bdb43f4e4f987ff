using System.Buffers;
using Engine.Buffers;

namespace Engine.Tests.Buffers;

public class SegmentQueueTests
{
    [Fact]
    public void What_is_written_is_read_in_order_whatever_the_pieces()
    {
        var pool = new SegmentPool();
        var queue = new SegmentQueue(pool);
        var random = new Random(3);
        var expected = new List<byte>();
        long consumed = 0;
        for (var i = 0; i < 500; i++)
        {
            var piece = new byte[random.Next(9000)];
            random.NextBytes(piece);
            expected.AddRange(piece);
            queue.Write(piece);
            var sequence = queue.Sequence;
            Assert.Equal(queue.Length, sequence.Length);
            Assert.Equal(expected.Count - consumed, sequence.Length);
            var take = random.NextInt64(sequence.Length + 1);
            Assert.True(sequence.Slice(0, take).ToArray().AsSpan().SequenceEqual(expected.ToArray().AsSpan((int)consumed, (int)take)));
            Assert.Equal(take, queue.ConsumeTo(sequence.GetPosition(take)));
            consumed += take;
        }

        queue.Clear();
        Assert.Equal(0, queue.Length);
        Assert.Equal(0, pool.Outstanding);
    }

    [Fact]
    public void Consuming_everything_returns_every_segment()
    {
        var pool = new SegmentPool();
        var queue = new SegmentQueue(pool);
        queue.Write(new byte[100_000]);
        Assert.True(pool.Outstanding > 0);
        queue.ConsumeTo(queue.Sequence.End);
        Assert.Equal(0, pool.Outstanding);
        Assert.True(queue.Sequence.IsEmpty);
        Assert.Equal(0, queue.ConsumeTo(default));
    }

    [Fact]
    public void A_large_hint_gets_a_block_of_its_own()
    {
        var pool = new SegmentPool();
        var queue = new SegmentQueue(pool);
        Assert.True(queue.GetMemory(1_000_000).Length >= 1_000_000);
        queue.Advance(0);
        Assert.True(queue.GetSpan(5).Length >= 5);
        Assert.Throws<InvalidOperationException>(() => queue.Advance(2_000_000));
        Assert.Throws<ArgumentOutOfRangeException>(() => queue.Advance(-1));
        queue.Clear();
        Assert.Equal(0, pool.Outstanding);
        Assert.Throws<InvalidOperationException>(() => queue.Advance(1));
    }

    [Fact]
    public void Moving_takes_from_the_head_and_joins_at_the_tail_without_a_copy()
    {
        var pool = new SegmentPool();
        var (first, second) = (new SegmentQueue(pool), new SegmentQueue(pool));
        first.Write("hello "u8);
        second.MoveAllTo(first);
        second.Write("world"u8);
        var outstanding = pool.Outstanding;
        second.MoveAllTo(first);
        Assert.Equal(outstanding, pool.Outstanding);
        Assert.Equal((11, 0), (first.Length, second.Length));
        var output = new ArrayBufferWriter<byte>();
        first.MoveTo(output, 8);
        first.MoveTo(output, 3);
        Assert.Equal("hello world"u8.ToArray(), output.WrittenSpan.ToArray());
        Assert.Equal(0, pool.Outstanding);
    }

    [Fact]
    public void Room_that_was_asked_for_and_not_used_is_passed_over()
    {
        var pool = new SegmentPool();
        var (written, pending) = (new SegmentQueue(pool), new SegmentQueue(pool));
        foreach (var letter in "abc"u8)
        {
            // The first block stays empty, since the second call needs a larger one; so does the last.
            written.GetSpan(1);
            written.GetSpan(10_000)[0] = letter;
            written.Advance(1);
            written.GetSpan(100_000);
            written.MoveAllTo(pending);
        }

        var output = new ArrayBufferWriter<byte>();
        pending.MoveTo(output, 2);
        pending.MoveTo(output, 1);
        Assert.Equal("abc"u8.ToArray(), output.WrittenSpan.ToArray());
        Assert.Equal(0, pool.Outstanding);
    }

    [Fact]
    public void Blocks_that_somebody_looks_at_are_not_given_to_the_next()
    {
        var pool = new SegmentPool();
        var queue = new SegmentQueue(pool);
        queue.Write("abc"u8);
        var seen = queue.Sequence;
        queue.Clear(isLookedAt: true);
        var next = new SegmentQueue(pool);
        next.Write("xyz"u8);
        Assert.Equal("abc"u8.ToArray(), seen.First.ToArray());
        next.Clear();
        Assert.Equal(0, pool.Outstanding);
    }

    [Fact]
    public void A_queue_that_was_read_may_start_another_but_not_join_one()
    {
        var pool = new SegmentPool();
        var (read, empty, full) = (new SegmentQueue(pool), new SegmentQueue(pool), new SegmentQueue(pool));
        read.Write("abc"u8);
        read.ConsumeTo(read.Sequence.GetPosition(1));
        full.Write("x"u8);
        Assert.Throws<InvalidOperationException>(() => read.MoveAllTo(full));
        read.MoveAllTo(empty);
        Assert.Equal("bc"u8.ToArray(), empty.Sequence.ToArray());
        empty.Clear();
        full.Clear();
        Assert.Equal(0, pool.Outstanding);
    }

    [Fact]
    public void A_position_outside_of_what_is_buffered_is_refused()
    {
        var queue = new SegmentQueue(new SegmentPool());
        queue.Write("abc"u8);
        var start = queue.Sequence.Start;
        queue.ConsumeTo(queue.Sequence.GetPosition(2));
        Assert.Throws<InvalidOperationException>(() => queue.ConsumeTo(start));
    }

    [Fact]
    public void Segments_come_back_in_their_size_and_beyond_the_limit_they_are_let_go()
    {
        var pool = new SegmentPool(retainedPerSize: 4096);
        var (first, second) = (pool.Rent(10), pool.Rent(10));
        Assert.Equal(2, pool.Outstanding);
        first.Advance(10);
        pool.Return(first);
        pool.Return(second);
        var again = pool.Rent(10);
        Assert.Same(first, again);
        Assert.Equal(0, again.End);
        Assert.NotSame(second, pool.Rent(10));
        Assert.Equal(16 << 10, pool.Rent(5000).Block.Length);
        Assert.Equal(64 << 10, pool.Rent(1 << 20).Block.Length);
        Assert.Equal(1 << 20, pool.Rent(1 << 20, exact: true).Block.Length);
    }
}
