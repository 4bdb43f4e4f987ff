using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Engine.Transports;

/// <summary>Sends to a socket when it is flushed; ending it sends FIN.</summary>
internal sealed class SocketPipeWriter(SocketConnection connection, Socket socket) : PullPipeWriter(connection)
{
    protected override ValueTask SendAsync(SegmentChain bytes)
    {
        var segments = bytes.Bytes;
        if (!segments.IsSingleSegment)
        {
            return SendManyAsync(bytes);
        }

        // On a stream socket a send completes when everything is with the system.
        var send = socket.SendAsync(segments.First, SocketFlags.None);
        return send.IsCompletedSuccessfully ? ValueTask.CompletedTask : AwaitAsync(send);
    }

    protected override ValueTask SendEndAsync()
    {
        socket.Shutdown(SocketShutdown.Send);
        return ValueTask.CompletedTask;
    }

    // The reader is not told here: what the peer sent before it reset us can still be read.
    protected override Exception Translate(Exception exception) => SocketErrors.Translate(Connection, exception);

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private static async ValueTask AwaitAsync(ValueTask<int> send) => await send;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SendManyAsync(SegmentChain bytes)
    {
        foreach (var segment in bytes.Bytes)
        {
            await socket.SendAsync(segment, SocketFlags.None);
        }
    }
}
