using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Engine.Transports;

/// <summary>A TLS session over another connection.</summary>
/// <remarks>
/// Owns the connection below. Completing the output sends close_notify, then ends the output below; the input goes on until the peer's
/// close_notify. Aborting resets below, without an alert.
/// </remarks>
internal sealed class TlsTransportConnection : TransportConnection, ITlsSessionFeature
{
    // For a peer that no longer reads; as long as a socket lingers by default.
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    private readonly SslStream _tls;
    private readonly TlsPipeReader _reader;
    private readonly TlsPipeWriter _writer;
    private readonly TimeProvider _time;
    private int _disposed;

    public TlsTransportConnection(ConnectionContext inner, SslStream tls, PipeStream below, bool allowMissingCloseNotify, TimeProvider time)
    {
        Inner = inner;
        _tls = tls;
        _time = time;
        _reader = new TlsPipeReader(this, tls, below, allowMissingCloseNotify);
        _writer = new TlsPipeWriter(this, tls, below);
        Transport = new DuplexPipe(_reader, _writer);
        Protocol = tls.SslProtocol;
        ServerName = tls.TargetHostName is { Length: > 0 } name ? name : null;
        ApplicationProtocol = tls.NegotiatedApplicationProtocol;
        CipherSuite = tls.NegotiatedCipherSuite.ToString();
        RemoteCertificate = tls.RemoteCertificate as X509Certificate2;
        inner.Features.Set<ITlsSessionFeature>(this);
    }

    public ConnectionContext Inner { get; }

    public SslProtocols Protocol { get; }

    public string? ServerName { get; }

    public SslApplicationProtocol ApplicationProtocol { get; }

    public string CipherSuite { get; }

    public X509Certificate2? RemoteCertificate { get; }

    public override string ConnectionId { get => Inner.ConnectionId; set => Inner.ConnectionId = value; }

    public override IFeatureCollection Features => Inner.Features;

    public override IDictionary<object, object?> Items { get => Inner.Items; set => Inner.Items = value; }

    public override EndPoint? LocalEndPoint { get => Inner.LocalEndPoint; set => Inner.LocalEndPoint = value; }

    public override EndPoint? RemoteEndPoint { get => Inner.RemoteEndPoint; set => Inner.RemoteEndPoint = value; }

    public override CancellationToken ConnectionClosed { get => Inner.ConnectionClosed; set => Inner.ConnectionClosed = value; }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        ArgumentNullException.ThrowIfNull(abortReason);
        if (TrySetFault(abortReason))
        {
            Inner.Abort(abortReason);
            _writer.Interrupt();
        }
    }

    /// <summary>Ends the output if it has not ended, within a bounded time, and disposes the connection below.</summary>
    public override async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        if (Fault is null)
        {
            try
            {
                await _writer.CompleteAsync().AsTask().WaitAsync(CloseTimeout, _time);
            }
            catch (TimeoutException)
            {
                Abort(new ConnectionAbortedException("The peer did not take the last bytes before the connection was disposed."));
            }
        }

        TrySetFault(new ConnectionAbortedException("The connection is disposed."));
        _reader.CancelPendingRead();
        _reader.Complete();
        _writer.Release();
        await Inner.DisposeAsync();
        await _tls.DisposeAsync();
    }
}
