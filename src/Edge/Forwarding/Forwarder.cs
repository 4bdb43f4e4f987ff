using Engine.Edge.Answers;
using Engine.Edge.Front;
using Engine.Edge.Registry;
using Engine.Edge.Requests;
using Engine.Fields;
using Engine.Ingress;
using Engine.Tunnels;
using Engine.WebSockets;

namespace Engine.Edge.Forwarding;

/// <summary>Carries a visitor's request to a connector of the tunnel that its host is routed to, or answers it.</summary>
/// <remarks>One for an edge; thread-safe.</remarks>
internal sealed class Forwarder
{
    /// <summary>Connections asked for one request: enough to get past a connector that is leaving, too few to flood a sick one.</summary>
    private const int MaxAttempts = 4;

    private readonly EdgeServices _edge;

    public Forwarder(EdgeServices edge) => _edge = edge;

    /// <summary>Answers one request, one way or the other.</summary>
    /// <exception cref="IOException">The visitor is gone.</exception>
    public async ValueTask ServeAsync(VisitorExchange visitor)
    {
        var traceId = _edge.TraceIds.Next();
        if (visitor.Peer.Account is not { } account)
        {
            await ServeAsync(visitor, traceId);
        }
        else if (account.TryBegin())
        {
            try
            {
                await ServeAsync(visitor, traceId);
            }
            finally
            {
                account.End();
            }
        }
        else
        {
            var refusal = OwnAnswer.TooManyStreams;
            if (_edge.Sampler.Take(LogKind.Limit))
            {
                EdgeLog.TooManyStreams(_edge.Log, traceId, visitor.Peer.Address, _edge.Limits.MaxStreamsPerVisitor, refusal.Code);
            }

            await AnswerAsync(visitor, refusal, traceId);
        }
    }

    private async ValueTask ServeAsync(VisitorExchange visitor, string traceId)
    {
        var refusal = Judge(visitor, out var tunnel, out var loops);
        if (refusal is not null)
        {
            EdgeLog.OwnAnswer(_edge.Log, traceId, refusal.Status, refusal.Code);
            await AnswerAsync(visitor, refusal, traceId);
            return;
        }

        var context = new ExchangeContext(traceId, tunnel, loops, visitor.NeedsKey ? NewKey() : []);
        if (await ForwardAsync(visitor, context) is { } answer)
        {
            if (_edge.Sampler.Take(LogKind.TunnelAnswer))
            {
                EdgeLog.TunnelAnswer(_edge.Log, traceId, answer.Status, answer.Code, tunnel);
            }

            await AnswerAsync(visitor, answer, traceId);
        }
    }

    /// <summary>Gives an answer of our own.</summary>
    public async ValueTask AnswerAsync(VisitorExchange visitor, OwnAnswer answer, string? traceId = null)
    {
        var fields = visitor.Response.Fields;
        var asHtml = AnswerPage.WantsHtml(visitor.Fields);
        var body = AnswerPage.Render(answer, traceId ?? _edge.TraceIds.Next(), asHtml, _edge.Time.GetUtcNow(), fields);
        visitor.AbandonBody();
        var isHead = visitor.Method.SequenceEqual("HEAD"u8);
        var output = visitor.Start(answer.Status, fields, isEmpty: isHead);
        if (!isHead)
        {
            System.Buffers.BuffersExtensions.Write(output, body);
        }

        await visitor.EndAsync(null);
    }

    /// <summary>Finds the tunnel, or what speaks against passing the request on.</summary>
    private OwnAnswer? Judge(VisitorExchange visitor, out Guid tunnel, out int loops)
    {
        tunnel = default;
        loops = 0;
        if (visitor.Fault is { } fault)
        {
            return fault;
        }

        var method = visitor.Method;
        if (visitor.Upgrade is null && (method.SequenceEqual("CONNECT"u8) || method.SequenceEqual("TRACE"u8)))
        {
            return OwnAnswer.MethodNotAllowed;
        }

        Span<byte> name = stackalloc byte[CanonicalName.MaxLength];
        if (!FieldRules.IsToken(method) || !CanonicalName.TryWrite(visitor.Authority, name, out var length))
        {
            return OwnAnswer.BadRequest;
        }

        if (!_edge.Routes.TryFind(name[..length], out tunnel))
        {
            return OwnAnswer.UnknownHost;
        }

        if (visitor.IsWebSocket && visitor.Fields.TryGet("sec-websocket-version"u8, out var version) && !version.SequenceEqual("13"u8))
        {
            return OwnAnswer.WebSocketVersion;
        }

        loops = LoopCount.Read(visitor.Fields) + 1;
        if (loops > LoopCount.Limit)
        {
            return OwnAnswer.LoopDetected;
        }

        return _edge.IsStopping ? OwnAnswer.Draining : null;
    }

    /// <returns>The answer that is left for us to give, or null.</returns>
    private async ValueTask<OwnAnswer?> ForwardAsync(VisitorExchange visitor, ExchangeContext context)
    {
        var tried = new ITunnelLink?[MaxAttempts];
        var afterLoss = false;
        for (var attempt = 0; attempt < MaxAttempts; attempt++)
        {
            var link = _edge.Registry.Choose(context.Tunnel, tried);
            if (link is null)
            {
                return afterLoss ? OwnAnswer.TunnelLost : OwnAnswer.NoConnector;
            }

            tried[attempt] = link;
            var result = await AttemptAsync(visitor, link, context);
            if (result.Next is AttemptNext.Nothing or AttemptNext.GiveAnswer || visitor.Aborted.IsCancellationRequested)
            {
                return visitor.HasStarted || visitor.Aborted.IsCancellationRequested ? null : result.Answer;
            }

            if (result.Next == AttemptNext.TryAnotherOnce)
            {
                if (afterLoss)
                {
                    return result.Answer;
                }

                afterLoss = true;
            }
        }

        return OwnAnswer.NoConnector;
    }

    private async ValueTask<AttemptResult> AttemptAsync(VisitorExchange visitor, ITunnelLink link, ExchangeContext context)
    {
        var isUpgrade = visitor.IsWebSocket || (visitor.Upgrade is not null && link.TakesUpgrades);
        var kind = isUpgrade ? TunnelStreamKind.WebSocket : TunnelStreamKind.Http;
        visitor.Request.Write(visitor, kind, context.TraceId, context.Loops, context.Key);
        var endsWithHead = kind == TunnelStreamKind.Http && !visitor.HasBody;
        ITunnelStream stream;
        try
        {
            stream = await link.OpenAsync(kind, visitor.Request.Head, endsWithHead, visitor.Aborted);
        }
        catch (Exception error) when (BodyPump.IsConnectionFailure(error))
        {
            EdgeLog.StreamFailed(_edge.Log, context.TraceId, error);
            return AttemptResult.Untouched;
        }

        await using (stream)
        {
            return await new TunnelExchange(visitor, stream, context, _edge).RunAsync();
        }
    }

    private static byte[] NewKey()
    {
        var key = new byte[WebSocketHandshake.KeyLength];
        WebSocketHandshake.WriteNewKey(key);
        return key;
    }
}
