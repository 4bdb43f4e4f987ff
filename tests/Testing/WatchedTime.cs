using Microsoft.Extensions.Time.Testing;

namespace Engine.Testing;

/// <summary>A fake clock that knows which of its timers run.</summary>
/// <remarks>
/// Timers are armed by what runs on other threads. A test that moves the clock before one is armed moves it for nothing, and a test that moves it
/// in the meantime, step by step, gives the code less time than it says. So wait for the timer, then move the clock.
/// </remarks>
public sealed class WatchedTime : FakeTimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<WatchedTimer> _running = [];

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new WatchedTimer(this, callback, state);
        timer.Inner = base.CreateTimer(static timer => ((WatchedTimer)timer!).Fire(), timer, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Waits until a timer that fires once, <paramref name="due"/> after it was armed, runs.</summary>
    public Task TimerRunsAsync(TimeSpan due) => Eventually.IsTrueAsync(
        () =>
        {
            lock (_gate)
            {
                return _running.Exists(timer => timer.Due == due);
            }
        },
        $"a timer of {due} runs");

    /// <summary>Moves the clock from timer to timer until the task ends; timers that repeat are not waited for.</summary>
    /// <returns>How far the clock was moved.</returns>
    /// <exception cref="TimeoutException">The task goes on and waits for no timer.</exception>
    public async Task<TimeSpan> AdvanceUntilEndedAsync(Task task)
    {
        var started = GetUtcNow();
        while (!task.IsCompleted)
        {
            var left = TimeSpan.Zero;
            await Eventually.IsTrueAsync(() => task.IsCompleted || TryFindNext(out left), "the task ends, or a timer runs");
            if (!task.IsCompleted)
            {
                Advance(left);
            }
        }

        return GetUtcNow() - started;
    }

    private bool TryFindNext(out TimeSpan left)
    {
        lock (_gate)
        {
            left = _running.Count == 0 ? default : _running.Min(timer => timer.At) - GetUtcNow();
            return _running.Count > 0;
        }
    }

    private sealed class WatchedTimer(WatchedTime time, TimerCallback callback, object? state) : ITimer
    {
        private bool _repeats;

        public ITimer Inner { get; set; } = null!;

        public TimeSpan Due { get; private set; }

        public DateTimeOffset At { get; private set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                time._running.Remove(this);
                _repeats = period > TimeSpan.Zero;
                if (dueTime >= TimeSpan.Zero && !_repeats)
                {
                    Due = dueTime;
                    At = time.GetUtcNow() + dueTime;
                    time._running.Add(this);
                }
            }

            return Inner.Change(dueTime, period);
        }

        public void Fire()
        {
            if (!_repeats)
            {
                Forget();
            }

            callback(state);
        }

        public void Dispose()
        {
            Forget();
            Inner.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Forget();
            return Inner.DisposeAsync();
        }

        private void Forget()
        {
            lock (time._gate)
            {
                time._running.Remove(this);
            }
        }
    }
}
