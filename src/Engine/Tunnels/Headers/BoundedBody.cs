using System.Buffers;
using System.IO.Pipelines;

namespace Engine.Tunnels.Headers;

/// <summary>Reads small bodies whole.</summary>
internal static class BoundedBody
{
    /// <summary>Reads to the end; null when there is more than <paramref name="limit"/>.</summary>
    /// <remarks>Takes octets out of the pipe as they come, since a flow-control window may be smaller than the body.</remarks>
    public static async ValueTask<byte[]?> ReadAsync(PipeReader input, int limit, CancellationToken cancellationToken)
    {
        var body = new ArrayBufferWriter<byte>();
        while (true)
        {
            var result = await input.ReadAsync(cancellationToken);
            if (result.Buffer.Length > limit - body.WrittenCount)
            {
                input.AdvanceTo(result.Buffer.End);
                return null;
            }

            foreach (var segment in result.Buffer)
            {
                body.Write(segment.Span);
            }

            input.AdvanceTo(result.Buffer.End);
            if (result.IsCanceled)
            {
                throw new OperationCanceledException("The read of a body was cancelled.");
            }

            if (result.IsCompleted)
            {
                return body.WrittenSpan.ToArray();
            }
        }
    }
}
