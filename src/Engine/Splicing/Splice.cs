using System.IO.Pipelines;

namespace Engine.Splicing;

/// <summary>Copies two duplex pipes into each other.</summary>
public static class Splice
{
    /// <summary>Runs both directions until both have ended. Each ends on its own: the end of one side's input completes the other's output.</summary>
    /// <remarks>
    /// Owns neither pipe. What fails is returned and not thrown, and after a failure no output is completed for it: the caller aborts
    /// or disposes the connections, so that a truncated stream never looks complete. Back-pressure: a side that is not read is not
    /// written to, and then the other side is not read.
    /// </remarks>
    public static async ValueTask<SpliceResult> RunAsync(
        IDuplexPipe a, IDuplexPipe b, SpliceOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        if (SynchronizationContext.Current is not null)
        {
            // Leaves the caller's context, for everything below.
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        }

        using var session = new SpliceSession(a, b, options ?? SpliceOptions.Default);
        using (cancellationToken.UnsafeRegister(static state => ((SpliceSession)state!).Cancel(), session))
        {
            return await session.RunAsync();
        }
    }
}
