using Engine.Http2.Connections;
using Engine.Testing;

namespace Engine.Tests.Http2.Connections;

public class WakeQueueTests
{
    [Fact]
    public async Task Wakes_that_make_others_due_do_not_use_up_the_stack_of_a_second_thread()
    {
        var gate = new Lock();
        var queue = new WakeQueue(gate);
        using var release = new ManualResetEventSlim();
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = 300_000;

        Add(_ =>
        {
            entered.SetResult();
            release.Wait();
        });
        var first = new Thread(queue.Run);
        first.Start();
        await entered.Task.Within();

        Add(Next);
        var second = new Thread(queue.Run, maxStackSize: 1 << 20);
        second.Start();
        await done.Task.Within();
        release.Set();
        Assert.True(first.Join(Deadline.Standard) && second.Join(Deadline.Standard));

        void Next(object state)
        {
            if (Interlocked.Decrement(ref left) == 0)
            {
                done.SetResult();
                return;
            }

            Add(Next);
            queue.Run();
        }

        void Add(Action<object> wake)
        {
            lock (gate)
            {
                queue.Add(wake, queue);
            }
        }
    }
}
