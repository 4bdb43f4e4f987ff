namespace Engine.Tunnels.Registration.Rpc;

/// <summary>A call that waits for its Return.</summary>
internal sealed class RpcQuestion(uint id)
{
    private readonly TaskCompletionSource<RpcMessage> _answer = new();

    public uint Id { get; } = id;

    /// <summary>The message that answers it: a Return.</summary>
    public Task<RpcMessage> Answer => _answer.Task;

    /// <summary>Whether its asker stopped waiting: its Return then frees the id and nothing else.</summary>
    public bool IsAbandoned { get; set; }

    public void SetAnswer(RpcMessage message) => _answer.TrySetResult(message);

    public void SetException(Exception error)
    {
        _answer.TrySetException(error);
        _ = _answer.Task.Exception; // Nobody may be waiting any more.
    }
}
