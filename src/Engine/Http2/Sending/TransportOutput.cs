using System.Buffers;
using System.IO.Pipelines;

namespace Engine.Http2.Sending;

/// <summary>The transport's output as a buffer that never throws: frames are written in the middle of changes that must not be torn.</summary>
/// <remarks>
/// Guarded by the connection's gate, except <see cref="FlushAsync"/>, during which nothing is written. A transport that was ended
/// behind the connection's back swallows what is written; the next flush says why.
/// </remarks>
internal sealed class TransportOutput(PipeWriter output) : IBufferWriter<byte>
{
    private byte[]? _void;

    /// <inheritdoc />
    public void Advance(int count)
    {
        if (_void is null)
        {
            output.Advance(count);
        }
    }

    /// <inheritdoc />
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (_void is null)
        {
            try
            {
                return output.GetMemory(sizeHint);
            }
            catch (InvalidOperationException)
            {
                _void = [];
            }
        }

        if (_void.Length < Math.Max(sizeHint, 1))
        {
            _void = new byte[Math.Max(sizeHint, 1024)];
        }

        return _void;
    }

    /// <inheritdoc />
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>Sends what was written.</summary>
    /// <exception cref="InvalidOperationException">The transport was ended by somebody else.</exception>
    public ValueTask<FlushResult> FlushAsync() => output.FlushAsync();
}
