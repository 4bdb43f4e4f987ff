using System.Net.Security;
using System.Runtime.CompilerServices;

namespace Engine.Transports;

/// <summary>Encrypts when it is flushed: everything that was written becomes full records and, below, one send. Ending it sends close_notify and FIN.</summary>
internal sealed class TlsPipeWriter(TlsTransportConnection connection, SslStream tls, PipeStream below) : PullPipeWriter(connection)
{
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    protected override async ValueTask SendAsync(SegmentChain bytes)
    {
        below.IsGathering = true;
        try
        {
            foreach (var segment in bytes.Bytes)
            {
                await tls.WriteAsync(segment);
            }
        }
        finally
        {
            below.IsGathering = false;
        }

        await below.FlushPipeAsync(CancellationToken.None);
    }

    protected override async ValueTask SendEndAsync()
    {
        await tls.ShutdownAsync();
        await connection.Inner.Transport.Output.CompleteAsync();
    }

    protected override Exception Translate(Exception exception) => TlsErrors.TranslateTransfer(connection, below, exception);
}
