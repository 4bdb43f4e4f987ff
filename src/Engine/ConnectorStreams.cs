using System.Diagnostics.CodeAnalysis;
using Engine.Fields;
using Engine.Ingress;
using Engine.Origins;
using Engine.Tunnels;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Engine;

/// <summary>Carries each stream through ingress, middleware and the handler of its origin's scheme.</summary>
/// <remarks>Shared by all connections of a connector; thread-safe. A stream runs inline on the thread that accepted it until it first waits.</remarks>
internal sealed class ConnectorStreams
{
    private const string ErrorCode = "connector-error";
    private const string SchemeCode = "scheme-unsupported";
    private const string KindCode = "stream-kind-unsupported";

    private readonly Dictionary<string, ConnectionDelegate> _handlers;
    private readonly ConnectionDelegate _pipeline;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private IngressRules _rules;
    private TaskCompletionSource? _idle;
    private int _active;

    public ConnectorStreams(
        IngressRules rules,
        Dictionary<string, ConnectionDelegate> handlers,
        List<Func<ConnectionDelegate, ConnectionDelegate>> middleware,
        ConnectorOptions options)
    {
        _rules = rules;
        _handlers = handlers;
        _time = options.TimeProvider;
        _logger = options.LoggerFactory?.CreateLogger<Connector>() ?? (ILogger)NullLogger.Instance;
        ConnectionDelegate pipeline = HandleAsync;
        for (var i = middleware.Count - 1; i >= 0; i--)
        {
            pipeline = middleware[i](pipeline);
        }

        _pipeline = pipeline;
    }

    /// <summary>The rules for streams that come from now on.</summary>
    public IngressRules Rules
    {
        get => Volatile.Read(ref _rules);
        set => Volatile.Write(ref _rules, value);
    }

    public int Active => Volatile.Read(ref _active);

    /// <summary>Serves one stream and disposes it. Never throws: what a handler throws ends this stream and nothing else.</summary>
    public async Task RunAsync(ConnectionContext stream)
    {
        Interlocked.Increment(ref _active);
        var tunnel = stream.Features.Get<ITunnelStreamFeature>();
        try
        {
            if (tunnel is not null && Match(stream, tunnel))
            {
                await _pipeline(stream);

                // A visitor who left before the answer is nobody's fault, and nobody is there to be told.
                if (!tunnel.ResponseStarted && !stream.ConnectionClosed.IsCancellationRequested)
                {
                    tunnel.Fail(new StreamFailure(ErrorCode, 502, "The handler ended without an answer.", null));
                }
            }
        }
        catch (Exception exception)
        {
            Fail(stream, tunnel, exception);
        }
        finally
        {
            await DisposeAsync(stream);
            OnEnded();
        }
    }

    /// <summary>Waits until no stream runs, at most for <paramref name="limit"/>.</summary>
    public async Task WhenIdleAsync(TimeSpan limit)
    {
        Task idle;
        lock (_gate)
        {
            if (Active == 0)
            {
                return;
            }

            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            idle = _idle.Task;
        }

        try
        {
            await idle.WaitAsync(limit, _time);
        }
        catch (TimeoutException)
        {
            ConnectorLog.StreamsLeft(_logger, Active);
        }
    }

    private bool Match(ConnectionContext stream, ITunnelStreamFeature tunnel)
    {
        if (Rules.Match(tunnel.Authority, tunnel.Target) is { } rule)
        {
            stream.Features.Set<IOriginFeature>(rule);
            return true;
        }

        // No host name, or a path that two rules read differently: refused rather than guessed.
        var fields = new FieldList();
        fields.Add("content-length"u8, "0"u8);
        tunnel.WriteResponse(400, fields, ResponseSource.Connector, endStream: true);
        return false;
    }

    private Task HandleAsync(ConnectionContext stream)
    {
        var origin = stream.Features.Get<IOriginFeature>()!;
        var tunnel = stream.Features.Get<ITunnelStreamFeature>()!;
        if (tunnel.Kind == TunnelStreamKind.Tcp && SpeaksHttp(origin.Origin.Scheme))
        {
            // Bytes of a private network are no request; a handler for requests would take the destination for one.
            return Refuse(tunnel, KindCode, $"Rule {origin.Rule.Number} goes to {origin.Origin.Service}, which takes requests and no raw TCP streams.");
        }

        return TryFindHandler(origin.Origin.Scheme, out var handler)
            ? handler(stream)
            : Refuse(tunnel, SchemeCode, $"Rule {origin.Rule.Number} goes to {origin.Origin.Service}, and nothing here carries '{origin.Origin.Scheme}'.");
    }

    /// <summary>The scheme's own handler; TCP's for one that nobody here knows, as in the reference.</summary>
    private bool TryFindHandler(string scheme, [NotNullWhen(true)] out ConnectionDelegate? handler) =>
        _handlers.TryGetValue(scheme, out handler) || (!OriginScheme.IsKnown(scheme) && _handlers.TryGetValue(OriginScheme.Tcp, out handler));

    private static Task Refuse(ITunnelStreamFeature tunnel, string code, string detail)
    {
        tunnel.Fail(new StreamFailure(code, 502, detail, null));
        return Task.CompletedTask;
    }

    private static bool SpeaksHttp(string scheme) => scheme is OriginScheme.Http or OriginScheme.Https or OriginScheme.WebSocket
        or OriginScheme.SecureWebSocket or OriginScheme.Unix or OriginScheme.UnixTls or OriginScheme.HttpStatus or OriginScheme.HelloWorld;

    private void Fail(ConnectionContext stream, ITunnelStreamFeature? tunnel, Exception exception)
    {
        // The edge or the connection went away: nobody is there to be told.
        var isGone = exception is ConnectionResetException or ConnectionAbortedException || stream.ConnectionClosed.IsCancellationRequested;
        if (isGone)
        {
            ConnectorLog.StreamGone(_logger, stream.ConnectionId, exception.Message);
        }
        else
        {
            ConnectorLog.HandlerFailed(_logger, stream.ConnectionId, exception);
        }

        try
        {
            tunnel?.Fail(new StreamFailure(ErrorCode, 502, exception.Message, exception));
        }
        catch (Exception second)
        {
            ConnectorLog.StreamGone(_logger, stream.ConnectionId, second.Message);
        }
    }

    private async ValueTask DisposeAsync(ConnectionContext stream)
    {
        try
        {
            await stream.DisposeAsync();
        }
        catch (Exception exception)
        {
            ConnectorLog.StreamGone(_logger, stream.ConnectionId, exception.Message);
        }
    }

    private void OnEnded()
    {
        if (Interlocked.Decrement(ref _active) != 0)
        {
            return;
        }

        TaskCompletionSource? idle;
        lock (_gate)
        {
            idle = _idle;
            _idle = null;
        }

        idle?.SetResult();
    }
}
