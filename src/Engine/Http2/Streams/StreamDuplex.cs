using System.IO.Pipelines;

namespace Engine.Http2.Streams;

/// <summary>Both halves of a stream as one pipe.</summary>
internal sealed class StreamDuplex(PipeReader input, PipeWriter output) : IDuplexPipe
{
    public PipeReader Input => input;

    public PipeWriter Output => output;
}
