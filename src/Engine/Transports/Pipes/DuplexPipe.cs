using System.IO.Pipelines;

namespace Engine.Transports;

/// <summary>A reader and a writer as one.</summary>
internal sealed class DuplexPipe(PipeReader input, PipeWriter output) : IDuplexPipe
{
    public PipeReader Input { get; } = input;

    public PipeWriter Output { get; } = output;
}
