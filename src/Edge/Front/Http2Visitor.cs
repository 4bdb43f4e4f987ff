using Engine.Edge.Forwarding;
using Engine.Http2;
using Microsoft.AspNetCore.Connections;

namespace Engine.Edge.Front;

/// <summary>A visitor's HTTP/2 connection: requests beside each other, one a stream.</summary>
/// <remarks>Owns the connection under it, as <see cref="Http2Connection"/> does. <see cref="DrainAsync"/> may be called from any thread.</remarks>
internal sealed class Http2Visitor : IAsyncDisposable
{
    private readonly Http2Connection _connection;
    private readonly VisitorPeer _peer;
    private readonly Forwarder _forwarder;
    private readonly EdgeServices _edge;

    public Http2Visitor(ConnectionContext transport, VisitorPeer peer, Forwarder forwarder, EdgeServices edge)
    {
        _peer = peer;
        _forwarder = forwarder;
        _edge = edge;
        var options = Http2ConnectionOptions.Public();
        options.MaxConcurrentStreams = (uint)edge.Limits.MaxStreamsPerConnection;
        options.EnableConnectProtocol = true;

        // Http2Exchange judges it, and a visitor is better served by a page that says what is wrong than by a reset.
        options.HandsOutFaultyTargets = true;
        options.MaxHeaderListSize = edge.Limits.MaxHeadSize;
        options.IdleTimeout = edge.Limits.KeepAliveTimeout;
        options.SettingsTimeout = edge.Limits.HeadTimeout;
        options.TimeProvider = edge.Time;
        options.Logger = edge.Log;
        _connection = new Http2Connection(transport, Http2Role.Server, options);
    }

    /// <summary>Serves requests until the connection is over.</summary>
    public async Task RunAsync(CancellationToken cut)
    {
        var running = _connection.RunAsync(cut);
        while (await AcceptAsync() is { } stream)
        {
            // Each stream answers for itself and never throws; the connection is not over before its streams are.
            _ = ServeAsync(stream);
        }

        var end = await running;
        if (end is { EndedBy: Http2EndedBy.Local, Code: not Http2ErrorCode.NoError } && !cut.IsCancellationRequested && _edge.Sampler.Take(LogKind.VisitorRefused))
        {
            EdgeLog.VisitorRefused(_edge.Log, _peer.Address, end.Reason);
        }
    }

    /// <summary>Takes no more requests and waits for those that run.</summary>
    public ValueTask DrainAsync(CancellationToken cancellationToken) => _connection.ShutdownAsync(Http2ErrorCode.NoError, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    private async ValueTask<Http2Stream?> AcceptAsync()
    {
        try
        {
            return (Http2Stream?)await _connection.AcceptAsync();
        }
        catch (Exception error) when (BodyPump.IsConnectionFailure(error))
        {
            return null;
        }
    }

    private async Task ServeAsync(Http2Stream stream)
    {
        await using (stream)
        {
            var exchange = new Http2Exchange(stream, _peer, _edge.Stalls);
            try
            {
                await _forwarder.ServeAsync(exchange);
            }
            catch (Exception error) when (BodyPump.IsConnectionFailure(error))
            {
                stream.Reset(Http2ErrorCode.Cancel);
            }
            catch (Exception error)
            {
                if (_edge.Sampler.Take(LogKind.Failure))
                {
                    EdgeLog.VisitorFailed(_edge.Log, error);
                }

                stream.Reset(Http2ErrorCode.InternalError);
            }
            finally
            {
                exchange.Pace.End();
            }
        }
    }
}
