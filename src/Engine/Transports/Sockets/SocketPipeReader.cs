using System.Net.Sockets;

namespace Engine.Transports;

/// <summary>Receives from a socket when it is read.</summary>
internal sealed class SocketPipeReader(SocketConnection connection, Socket socket) : PullPipeReader(connection)
{
    protected override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken) =>
        socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);

    protected override Exception Translate(Exception exception)
    {
        var translated = SocketErrors.Translate(connection, exception);
        connection.FireClosed();
        return translated;
    }
}
