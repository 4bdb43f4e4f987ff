using System.Runtime.CompilerServices;

namespace Engine.Testing;

/// <summary>How long a test waits before it says what it waited for.</summary>
/// <remarks>A deadline is a judgement on a hang, not a measurement: generous, because two cores may be busy with other suites.</remarks>
public static class Deadline
{
    /// <summary>For what happens at once when nothing is wrong.</summary>
    public static TimeSpan Standard { get; } = TimeSpan.FromSeconds(20);

    /// <summary>For bulk transfers and for programs that start slowly.</summary>
    public static TimeSpan Bulk { get; } = TimeSpan.FromMinutes(3);

    /// <summary>A token that is cancelled when the time is up.</summary>
    public static CancellationToken Token(TimeSpan? limit = null) => new CancellationTokenSource(limit ?? Standard).Token;

    /// <summary>Awaits <paramref name="task"/>, or fails with the awaited expression's text.</summary>
    /// <exception cref="TimeoutException">The time was up.</exception>
    public static async Task Within(
        this Task task, TimeSpan? limit = null, [CallerArgumentExpression(nameof(task))] string? what = null)
    {
        try
        {
            await task.WaitAsync(limit ?? Standard);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw new TimeoutException($"Waited {limit ?? Standard} for: {what}");
        }
    }

    /// <inheritdoc cref="Within(Task, TimeSpan?, string?)"/>
    public static async Task<T> Within<T>(
        this Task<T> task, TimeSpan? limit = null, [CallerArgumentExpression(nameof(task))] string? what = null)
    {
        await ((Task)task).Within(limit, what);
        return await task;
    }

    /// <inheritdoc cref="Within(Task, TimeSpan?, string?)"/>
    public static Task<T> Within<T>(
        this ValueTask<T> task, TimeSpan? limit = null, [CallerArgumentExpression(nameof(task))] string? what = null) =>
        task.AsTask().Within(limit, what);

    /// <inheritdoc cref="Within(Task, TimeSpan?, string?)"/>
    public static Task Within(
        this ValueTask task, TimeSpan? limit = null, [CallerArgumentExpression(nameof(task))] string? what = null) =>
        task.AsTask().Within(limit, what);
}
