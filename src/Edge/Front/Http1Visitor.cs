using System.IO.Pipelines;
using Engine.Edge.Answers;
using Engine.Edge.Forwarding;
using Engine.Http1;
using Microsoft.AspNetCore.Connections;

namespace Engine.Edge.Front;

/// <summary>A visitor's HTTP/1.1 connection: one request after the other, answered in their order.</summary>
/// <remarks>
/// Owned by whoever accepted the connection, who disposes that. One request runs at a time, so one cancellation source with one
/// timer serves all of its waits. <see cref="Drain"/> may be called from any thread.
/// </remarks>
internal sealed class Http1Visitor : IDisposable
{
    /// <summary>What is read and dropped of a request that nobody wants, so that the answer to it is not lost in a reset.</summary>
    private const long LingerOctets = 1024 * 1024;

    /// <summary>What is left of that patience when the edge stops: a client that keeps idle connections would hold it up.</summary>
    private static readonly TimeSpan LingerWhileDraining = TimeSpan.FromSeconds(1);

    private readonly ConnectionContext _connection;
    private readonly PipeReader _input;
    private readonly Http1Reader _reader;
    private readonly Http1Exchange _exchange;
    private readonly Forwarder _forwarder;
    private readonly EdgeServices _edge;
    private readonly CancellationTokenSource _deadline;
    private Task? _watch;
    private int _isIdle;
    private int _isDraining;
    private bool _isFirst = true;

    public Http1Visitor(ConnectionContext connection, VisitorPeer peer, Forwarder forwarder, EdgeServices edge)
    {
        _connection = connection;
        _forwarder = forwarder;
        _edge = edge;
        _input = connection.Transport.Input;
        _reader = new Http1Reader(_input, new Http1Limits { MaxHeadSize = edge.Limits.MaxHeadSize });
        _exchange = new Http1Exchange(this, connection, peer, edge.Stalls);
        _deadline = new CancellationTokenSource(Timeout.InfiniteTimeSpan, edge.Time);
    }

    /// <summary>Whether the connection ends after the answer in progress.</summary>
    public bool IsDraining => Volatile.Read(ref _isDraining) != 0;

    /// <summary>Serves requests until the connection is over.</summary>
    public async Task RunAsync()
    {
        while (await ReadHeadAsync())
        {
            await _forwarder.ServeAsync(_exchange);
            _exchange.Finish();
            if (!_exchange.IsReusable)
            {
                break;
            }
        }

        if (!_exchange.IsSwitched)
        {
            await LingerAsync();
        }
    }

    /// <summary>Ends the connection after the answer in progress; at once when there is none.</summary>
    public void Drain()
    {
        Interlocked.Exchange(ref _isDraining, 1);
        if (Volatile.Read(ref _isIdle) == 0)
        {
            return;
        }

        try
        {
            _deadline.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended by itself just now.
        }
    }

    /// <summary>Begins the read of what follows the request in progress: it tells a visitor that left from one that waits.</summary>
    public void Watch() => _watch ??= WatchAsync();

    /// <inheritdoc/>
    public void Dispose()
    {
        _exchange.Pace.End();
        _deadline.Dispose();
    }

    private async Task WatchAsync()
    {
        try
        {
            // A FIN alone only says that no more requests come; octets are the next request, and stay where they are.
            var read = await _input.ReadAsync(_deadline.Token);
            _input.AdvanceTo(read.Buffer.Start);
        }
        catch (OperationCanceledException) when (_deadline.IsCancellationRequested)
        {
        }
        catch (Exception error) when (BodyPump.IsConnectionFailure(error))
        {
            _connection.Abort(new ConnectionAbortedException("The visitor is gone.", error));
        }
    }

    /// <returns>False when there is no further request, or it was answered here.</returns>
    private async ValueTask<bool> ReadHeadAsync()
    {
        OwnAnswer answer;
        try
        {
            if (!await WaitAsync())
            {
                return false;
            }

            _deadline.CancelAfter(_edge.Limits.HeadTimeout);
            if (!await _reader.ReadRequestHeadAsync(_exchange.Head, _deadline.Token))
            {
                return false;
            }

            _deadline.CancelAfter(Timeout.InfiniteTimeSpan);
            _exchange.Begin(_reader);
            return true;
        }
        catch (Http1Exception error)
        {
            LogRefusal($"not HTTP/1.1 as it should be ({error.Code})");
            if (error.Code == Http1Error.Truncated)
            {
                return false;
            }

            answer = AnswerFor(error);
        }
        catch (OperationCanceledException) when (_deadline.IsCancellationRequested)
        {
            LogRefusal("the head of its request took too long");
            answer = OwnAnswer.HeadTimeout;
        }

        _exchange.BeginFaulty();
        await _forwarder.AnswerAsync(_exchange, answer);
        return false;
    }

    /// <summary>Waits for the first octet of a request: long between requests, briefly on a new connection.</summary>
    private async ValueTask<bool> WaitAsync()
    {
        _deadline.CancelAfter(_isFirst ? _edge.Limits.HeadTimeout : _edge.Limits.KeepAliveTimeout);
        _isFirst = false;
        Interlocked.Exchange(ref _isIdle, 1);
        try
        {
            if (IsDraining)
            {
                return false;
            }

            if (_watch is { } watch)
            {
                await watch;
                _watch = null;
            }

            while (true)
            {
                var read = await _input.ReadAsync(_deadline.Token);
                var hasBegun = !read.Buffer.IsEmpty;
                _input.AdvanceTo(read.Buffer.Start);
                if (hasBegun || read.IsCompleted)
                {
                    return hasBegun;
                }
            }
        }
        catch (OperationCanceledException) when (_deadline.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            Interlocked.Exchange(ref _isIdle, 0);
        }
    }

    /// <summary>Sends FIN and reads on for a while: closing over unread octets would reset the connection and with it lose the answer.</summary>
    private async ValueTask LingerAsync()
    {
        await _connection.Transport.Output.CompleteAsync();
        if (_deadline.IsCancellationRequested)
        {
            return;
        }

        var patience = _edge.Limits.LingerTimeout;
        _deadline.CancelAfter(IsDraining && patience > LingerWhileDraining ? LingerWhileDraining : patience);
        try
        {
            if (_watch is { } watch)
            {
                await watch;
            }

            for (var left = LingerOctets; left > 0;)
            {
                var read = await _input.ReadAsync(_deadline.Token);
                left -= read.Buffer.Length;
                _input.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                {
                    return;
                }
            }
        }
        catch (Exception error) when (BodyPump.IsConnectionFailure(error))
        {
            // Gone, or too slow to be waited for: it has had its answer.
        }
    }

    private void LogRefusal(string reason)
    {
        if (_edge.Sampler.Take(LogKind.VisitorRefused))
        {
            EdgeLog.VisitorRefused(_edge.Log, _exchange.Peer.Address, reason);
        }
    }

    private static OwnAnswer AnswerFor(Http1Exception error) => error.SuggestedStatus switch
    {
        414 => OwnAnswer.TargetTooLong,
        431 => OwnAnswer.HeadTooLarge,
        501 => OwnAnswer.UnsupportedCoding,
        505 => OwnAnswer.UnsupportedVersion,
        _ => OwnAnswer.BadRequest,
    };
}
