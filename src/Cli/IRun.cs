namespace Engine.Cli;

/// <summary>Something that starts, tells where it is to be found, and runs until it is told to stop.</summary>
internal interface IRun : IAsyncDisposable
{
    Task RunAsync(CancellationToken stop);
}
