using Engine.Edge.Listening;
using Engine.Tunnels;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Engine.Edge.Registry;

/// <summary>Serves connectors' connections: registers each, keeps it in the registry while it lasts, replaces what it replaces.</summary>
/// <remarks>One for an edge; thread-safe.</remarks>
internal sealed class TunnelServer
{
    private readonly EdgeServices _edge;
    private readonly ITunnelAuthenticator _authenticator;
    private readonly EdgeTunnelOptions _options;
    private readonly ConnectionGate _unregistered;
    private readonly ConnectionGate _all = new(int.MaxValue);

    public TunnelServer(EdgeServices edge, ITunnelAuthenticator authenticator, ILoggerFactory loggerFactory)
    {
        _edge = edge;
        _authenticator = authenticator;
        _unregistered = new ConnectionGate(edge.Limits.MaxUnregisteredConnections);
        _options = new EdgeTunnelOptions
        {
            RegistrationTimeout = edge.Limits.RegistrationTimeout,
            DrainTimeout = edge.Limits.DrainTimeout,
            TimeProvider = edge.Time,
            LoggerFactory = loggerFactory,
        };
    }

    /// <summary>Serves a connection to its end, and disposes it.</summary>
    public async Task RunAsync(ConnectionContext transport)
    {
        _all.TryEnter(out _);
        try
        {
            await using (transport)
            {
                using var cut = _edge.Cut.UnsafeRegister(
                    static open => ((ConnectionContext)open!).Abort(new ConnectionAbortedException("The edge was stopped.")), transport);
                if (await RegisterAsync(transport) is { } connection)
                {
                    await ServeAsync(connection);
                }
            }
        }
        catch (Exception error)
        {
            if (_edge.Sampler.Take(LogKind.Failure))
            {
                EdgeLog.ConnectorFailed(_edge.Log, error);
            }
        }
        finally
        {
            _all.Leave();
        }
    }

    /// <summary>Lets the streams of every connection end, then closes them.</summary>
    public async Task DrainAsync()
    {
        foreach (var link in _edge.Registry.All())
        {
            _ = DrainAsync(link, _edge.Cut);
        }

        await _all.WaitForEmptyAsync();
    }

    private async ValueTask<EdgeTunnelConnection?> RegisterAsync(ConnectionContext transport)
    {
        if (!_unregistered.TryEnter(out var isFirstRefusal))
        {
            if (isFirstRefusal && _edge.Sampler.Take(LogKind.Limit))
            {
                EdgeLog.TooMany(_edge.Log, transport.RemoteEndPoint?.ToString() ?? "", _unregistered.Limit);
            }

            transport.Abort(new ConnectionAbortedException("Too many connections are waiting for their registration."));
            return null;
        }

        try
        {
            return await EdgeTunnelConnection.AcceptAsync(transport, _authenticator, _options, _edge.Cut);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        finally
        {
            _unregistered.Leave();
        }
    }

    private async Task ServeAsync(EdgeTunnelConnection connection)
    {
        await using (connection)
        {
            var link = new TunnelLink(connection);
            EdgeLog.Registered(_edge.Log, link.Index, link.ConnectorId, link.TunnelId);
            if (_edge.Registry.Add(link) is { } older)
            {
                EdgeLog.Replaced(_edge.Log, older.Index, older.ConnectorId);
                _ = RetireAsync(older);
            }

            _edge.FirstRegistration.TrySetResult();
            if (_edge.IsStopping)
            {
                _ = DrainAsync(link, _edge.Cut);
            }

            var end = await connection.Completion;
            _edge.Registry.Remove(link);
            EdgeLog.Unregistered(_edge.Log, link.Index, link.ConnectorId, end.Reason);
        }
    }

    /// <summary>Its connector has given it up, so what still runs on it is most likely dead; it gets a moment in case it is not.</summary>
    private async Task RetireAsync(ITunnelLink older)
    {
        using var limit = new CancellationTokenSource(_edge.Limits.ReplacedTimeout, _edge.Time);
        await DrainAsync(older, limit.Token);
        older.Abort("A newer connection of the same connector has replaced it.");
    }

    private static async Task DrainAsync(ITunnelLink link, CancellationToken cut)
    {
        try
        {
            await link.DrainAsync(cut);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // It is over, which is what was wanted.
        }
    }
}
