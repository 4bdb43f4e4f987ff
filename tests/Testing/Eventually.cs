namespace Engine.Testing;

/// <summary>Waits for a state of another process, which cannot call back.</summary>
public static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>Asks again until the answer is yes.</summary>
    /// <exception cref="TimeoutException">The answer stayed no until the limit.</exception>
    public static async Task IsTrueAsync(Func<Task<bool>> condition, string what, TimeSpan? limit = null)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > (limit ?? Deadline.Standard))
            {
                throw new TimeoutException($"Waited {limit ?? Deadline.Standard} until {what}");
            }

            await Task.Delay(Interval);
        }
    }

    /// <inheritdoc cref="IsTrueAsync(Func{Task{bool}}, string, TimeSpan?)"/>
    public static Task IsTrueAsync(Func<bool> condition, string what, TimeSpan? limit = null) =>
        IsTrueAsync(() => Task.FromResult(condition()), what, limit);
}
