using System.Buffers;
using System.IO.Pipelines;

namespace Engine.Tunnels.Registration.Rpc;

/// <summary>Sends messages, one after the other, from any thread.</summary>
/// <remarks>Borrows the output. Few messages are ever sent, so that a semaphore will do.</remarks>
internal sealed class RpcWriter(PipeWriter output)
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private bool _completed;

    /// <summary>Sends a message.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken = default) =>
        SendAsync(message, default, cancellationToken);

    /// <summary>Sends two messages in one flush.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second, CancellationToken cancellationToken = default) =>
        SendAsync(first, second, null, cancellationToken);

    /// <summary>Sends a message, and does <paramref name="beforeItLeaves"/> when it has its place in the order but the peer cannot have read it yet.</summary>
    public ValueTask SendAsync(ReadOnlyMemory<byte> message, Action? beforeItLeaves) => SendAsync(message, default, beforeItLeaves, default);

    private async ValueTask SendAsync(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second, Action? beforeItLeaves, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_completed)
            {
                throw new RpcException("The control stream has ended.", RpcErrorKind.Disconnected);
            }

            output.Write(first.Span);
            output.Write(second.Span);
            beforeItLeaves?.Invoke();
            await output.FlushAsync(cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Ends the output behind what was sent; further sends fail.</summary>
    public async ValueTask CompleteAsync()
    {
        await _turn.WaitAsync();
        try
        {
            if (!_completed)
            {
                _completed = true;
                await output.CompleteAsync();
            }
        }
        finally
        {
            _turn.Release();
        }
    }
}
