using System.Net.Security;
using Microsoft.AspNetCore.Connections;

namespace Engine.Transports;

/// <summary>Decrypts when it is read.</summary>
internal sealed class TlsPipeReader(TlsTransportConnection connection, SslStream tls, PipeStream below, bool allowMissingCloseNotify)
    : PullPipeReader(connection)
{
    protected override ValueTask<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var read = tls.ReadAsync(buffer, cancellationToken);
        return buffer.IsEmpty ? read : CheckEndAsync(read);
    }

    protected override Exception Translate(Exception exception) => TlsErrors.TranslateTransfer(connection, below, exception);

    [System.Runtime.CompilerServices.AsyncMethodBuilder(typeof(System.Runtime.CompilerServices.PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> CheckEndAsync(ValueTask<int> read)
    {
        var received = await read;
        if (received == 0 && below.HasEnded && !allowMissingCloseNotify)
        {
            // RFC 8446 §6.1: without close_notify an attacker may have cut the end off.
            throw new ConnectionResetException(TlsErrors.Truncated(connection.RemoteEndPoint));
        }

        return received;
    }
}
