using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net.Security;
using Engine.Edge.Forwarding;
using Engine.Edge.Listening;
using Engine.Transports;
using Microsoft.AspNetCore.Connections;

namespace Engine.Edge.Front;

/// <summary>Serves visitors' connections, each in the protocol it speaks, and remembers them for the stop.</summary>
/// <remarks>One for an edge; thread-safe.</remarks>
internal sealed class VisitorServer
{
    private readonly ConcurrentDictionary<object, Action> _drains = new();
    private readonly EdgeServices _edge;
    private readonly Forwarder _forwarder;

    public VisitorServer(EdgeServices edge)
    {
        _edge = edge;
        _forwarder = new Forwarder(edge);
    }

    /// <summary>Serves a connection to its end, and disposes it.</summary>
    public async Task RunAsync(ConnectionContext connection)
    {
        if (!_edge.Visitors.TryEnter(connection.RemoteEndPoint, out var account))
        {
            if (_edge.Sampler.Take(LogKind.Limit))
            {
                EdgeLog.TooManyOfVisitor(_edge.Log, VisitorPeer.AddressOf(connection.RemoteEndPoint), _edge.Limits.MaxConnectionsPerVisitor);
            }

            connection.Abort(new ConnectionAbortedException("The visitor has too many connections."));
            await connection.DisposeAsync();
            return;
        }

        try
        {
            await RunAsync(connection, account);
        }
        finally
        {
            _edge.Visitors.Leave(account);
        }
    }

    private async Task RunAsync(ConnectionContext connection, VisitorAccount? account)
    {
        try
        {
            using var cut = _edge.Cut.UnsafeRegister(
                static open => ((ConnectionContext)open!).Abort(new ConnectionAbortedException("The edge was stopped.")), connection);
            await ServeAsync(connection, account);
        }
        catch (Exception error) when (BodyPump.IsConnectionFailure(error))
        {
            EdgeLog.VisitorGone(_edge.Log, error);
        }
        catch (Exception error)
        {
            if (_edge.Sampler.Take(LogKind.Failure))
            {
                EdgeLog.VisitorFailed(_edge.Log, error);
            }

            connection.Abort();
        }
        finally
        {
            await connection.DisposeAsync();
        }
    }

    /// <summary>Makes every connection end after what it is doing.</summary>
    public void Drain()
    {
        foreach (var pair in _drains)
        {
            pair.Value();
        }
    }

    private async Task ServeAsync(ConnectionContext connection, VisitorAccount? account)
    {
        var tls = connection.Features.Get<ITlsSessionFeature>();
        var peer = VisitorPeer.Of(connection.RemoteEndPoint, tls is not null, account);
        var protocol = tls?.ApplicationProtocol ?? default;
        if (protocol == SslApplicationProtocol.Http2 || (protocol == default && await IsHttp2Async(connection, peer.Address)))
        {
            await ServeHttp2Async(connection, peer);
        }
        else
        {
            await ServeHttp1Async(connection, peer);
        }
    }

    private async Task ServeHttp1Async(ConnectionContext connection, VisitorPeer peer)
    {
        using var visitor = new Http1Visitor(connection, peer, _forwarder, _edge);
        _drains[visitor] = visitor.Drain;
        try
        {
            if (_edge.IsStopping)
            {
                visitor.Drain();
            }

            await visitor.RunAsync();
        }
        finally
        {
            _drains.TryRemove(visitor, out _);
        }
    }

    private async Task ServeHttp2Async(ConnectionContext connection, VisitorPeer peer)
    {
        await using var visitor = new Http2Visitor(connection, peer, _forwarder, _edge);

        // The run below ends with the drain, so nobody has to wait for the drain itself.
        void Drain() => _ = visitor.DrainAsync(_edge.Cut).AsTask();
        _drains[visitor] = Drain;
        try
        {
            if (_edge.IsStopping)
            {
                Drain();
            }

            await visitor.RunAsync(_edge.Cut);
        }
        finally
        {
            _drains.TryRemove(visitor, out _);
        }
    }

    /// <summary>Reads until the first octets tell the version, and leaves them where they are.</summary>
    private async ValueTask<bool> IsHttp2Async(ConnectionContext connection, string address)
    {
        using var deadline = new CancellationTokenSource(_edge.Limits.HeadTimeout, _edge.Time);
        var input = connection.Transport.Input;
        while (true)
        {
            ReadResult read;
            try
            {
                read = await input.ReadAsync(deadline.Token);
            }
            catch (OperationCanceledException) when (deadline.IsCancellationRequested)
            {
                if (_edge.Sampler.Take(LogKind.VisitorRefused))
                {
                    EdgeLog.VisitorRefused(_edge.Log, address, "it began no request");
                }

                throw;
            }

            var isHttp2 = read.IsCompleted ? Preface.IsHttp2(read.Buffer) ?? false : Preface.IsHttp2(read.Buffer);
            if (isHttp2 is { } known)
            {
                input.AdvanceTo(read.Buffer.Start);
                return known;
            }

            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
