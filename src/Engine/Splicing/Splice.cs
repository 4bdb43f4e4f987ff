using System.IO.Pipelines;

namespace Engine.Splicing;

/// <summary>Copies two duplex pipes into each other.</summary>
public static class Splice
{
    /// <summary>Runs both directions until both have ended. Each ends on its own: the end of one side's input completes the other's output.</summary>
    /// <remarks>Owns neither pipe: the caller aborts or disposes the connections, above all after a failure, which this does not throw but returns.</remarks>
    public static ValueTask<SpliceResult> RunAsync(IDuplexPipe a, IDuplexPipe b, SpliceOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();
}
