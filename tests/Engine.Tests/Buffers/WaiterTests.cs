using Engine.Buffers;
using Engine.Testing;

namespace Engine.Tests.Buffers;

public class WaiterTests
{
    [Fact]
    public async Task A_waiter_serves_one_wait_after_the_other()
    {
        var waiter = new Waiter<int>();
        for (var i = 0; i < 3; i++)
        {
            Assert.False(waiter.TryClaim());
            var wait = waiter.Arm(default);
            Assert.True(waiter.IsArmed);
            Assert.Throws<InvalidOperationException>(() => { _ = waiter.Arm(default); });
            Assert.True(waiter.TryClaim());
            Assert.False(waiter.TryClaim());
            waiter.SetResult(i);
            Assert.Equal(i, await wait.Within());
        }
    }

    [Fact]
    public async Task A_wait_can_fail_or_be_canceled_and_the_next_is_not_touched()
    {
        var waiter = new Waiter<int>();
        var wait = waiter.Arm(default);
        Assert.True(waiter.TryClaim());
        waiter.SetException(new IOException("broke"));
        await Assert.ThrowsAsync<IOException>(() => wait.Within());

        using var cancel = new CancellationTokenSource();
        wait = waiter.Arm(cancel.Token);
        cancel.Cancel();
        Assert.False(waiter.TryClaim());
        var canceled = await Assert.ThrowsAsync<OperationCanceledException>(() => wait.Within());
        Assert.Equal(cancel.Token, canceled.CancellationToken);

        using var late = new CancellationTokenSource();
        wait = waiter.Arm(late.Token);
        Assert.True(waiter.TryClaim());
        waiter.SetResult(5);
        Assert.Equal(5, await wait.Within());
        wait = waiter.Arm(default);
        late.Cancel();
        Assert.True(waiter.IsArmed);
        Assert.True(waiter.TryClaim());
        waiter.SetResult(6);
        Assert.Equal(6, await wait.Within());
    }

    [Fact]
    public void The_continuation_runs_inside_of_the_call_that_ends_the_wait()
    {
        SynchronizationContext.SetSynchronizationContext(null); // The runner's would take the continuation elsewhere.
        var waiter = new Waiter<int>();
        var thread = 0;
        var wait = waiter.Arm(default);
        wait.GetAwaiter().UnsafeOnCompleted(() => thread = Environment.CurrentManagedThreadId);
        Assert.True(waiter.TryClaim());
        waiter.SetResult(1);
        Assert.Equal(Environment.CurrentManagedThreadId, thread);
    }

    [Fact]
    public async Task Of_many_who_want_to_end_a_wait_one_does()
    {
        for (var round = 0; round < 200; round++)
        {
            var waiter = new Waiter<int>();
            using var cancel = new CancellationTokenSource();
            var wait = waiter.Arm(cancel.Token).AsTask();
            var claims = 0;
            using var start = new Barrier(3);
            var racers = new[]
            {
                Task.Run(() => Race(() => { if (waiter.TryClaim()) { Interlocked.Increment(ref claims); waiter.SetResult(1); } })),
                Task.Run(() => Race(() => { if (waiter.TryClaim()) { Interlocked.Increment(ref claims); waiter.SetResult(2); } })),
                Task.Run(() => Race(cancel.Cancel)),
            };
            await Task.WhenAll(racers).Within();
            try
            {
                Assert.InRange(await wait.Within(), 1, 2);
                Assert.Equal(1, claims);
            }
            catch (OperationCanceledException)
            {
                Assert.Equal(0, claims);
            }

            void Race(Action action)
            {
                start.SignalAndWait();
                action();
            }
        }
    }
}
