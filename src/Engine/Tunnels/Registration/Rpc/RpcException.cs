namespace Engine.Tunnels.Registration.Rpc;

/// <summary>A call failed: the peer answered with an exception, aborted, or ended the stream.</summary>
internal sealed class RpcException(string message, RpcErrorKind kind = RpcErrorKind.Failed, Exception? inner = null) : IOException(message, inner)
{
    /// <summary>What the peer said; <see cref="RpcErrorKind.Disconnected"/> when it is gone.</summary>
    public RpcErrorKind Kind { get; } = kind;
}
