using System.Net;

namespace Engine.Interop.Http2;

/// <summary>A request body of unknown length that HttpClient sends while it reads the answer; its own contents are sent before.</summary>
internal sealed class DuplexContent(byte[] body, bool isEndless = false) : HttpContent
{
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the body was given to the client.</summary>
    public Task Started => _started.Task;

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        await stream.WriteAsync(body, cancellationToken);
        await stream.FlushAsync(cancellationToken);
        _started.TrySetResult();
        if (isEndless)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
