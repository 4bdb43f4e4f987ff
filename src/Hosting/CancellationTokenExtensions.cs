namespace Engine.Hosting;

internal static class CancellationTokenExtensions
{
    /// <summary>Completes when the token fires; never, if it cannot.</summary>
    public static async Task WhenCancelledAsync(this CancellationToken token)
    {
        var fired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = token.UnsafeRegister(static state => ((TaskCompletionSource)state!).TrySetResult(), fired);
        await fired.Task;
    }
}
