using System.IO.Pipelines;
using Engine.Http1;
using Engine.Protocols.Http.Pooling;
using Engine.Tunnels;

namespace Engine.Protocols.Http.Exchange;

/// <content>The way back from the origin: heads and body.</content>
internal sealed partial class HttpExchange
{
    // Interim answers before the final one. Each is passed on, so that an origin that sends them for ever is stopped somewhere.
    private const int MaxInterim = 100;

    private async Task<ExchangeEnd> AnswerAsync(OriginConnection connection, RequestSender sender, Task<SendOutcome> sending, GoAhead? goAhead)
    {
        ExchangeEnd? early;
        using (HeadTimer())
        {
            early = await ReadHeadAsync(connection, sender, goAhead);
        }

        if (early is { } end)
        {
            return end;
        }

        var head = connection.Head;
        Http1Framing framing;
        try
        {
            framing = Http1Reader.ResponseFraming(head, _tunnel.Method);
        }
        catch (Http1Exception exception)
        {
            return Broken(OriginPhase.Head, exception);
        }

        if (head.Status == 101)
        {
            return await UpgradeAsync(connection, sending);
        }

        goAhead?.Decide(false);
        var isReusable = head.IsPersistent && framing.Kind != Http1BodyKind.UntilClose && !HasStrayBody(head, framing);
        Http1Fields.RemoveConnectionFields(head.Fields);
        if (head.Status == 204)
        {
            head.Fields.Remove("content-length"u8);
        }

        if (!await PassOnAsync(connection, framing))
        {
            return ExchangeEnd.Broken;
        }

        await FinishSendingAsync(connection, sender, sending);
        return isReusable ? ExchangeEnd.Reusable : ExchangeEnd.Closed;
    }

    /// <summary>Reads up to the final head and passes interim ones on; null when it is there, otherwise how the exchange ended.</summary>
    private async ValueTask<ExchangeEnd?> ReadHeadAsync(OriginConnection connection, RequestSender sender, GoAhead? goAhead)
    {
        var head = connection.Head;
        for (var interim = 0; interim <= MaxInterim; interim++)
        {
            if (await ReadOneHeadAsync(connection, interim == 0 ? sender : null) is { } end)
            {
                return end;
            }

            if (!head.IsInformational)
            {
                return null;
            }

            Http1Fields.RemoveConnectionFields(head.Fields);
            _tunnel.WriteInformational(head.Status, head.Fields);
            if (head.Status == 100)
            {
                goAhead?.Decide(true);
            }

            if (!await FlushToVisitorAsync())
            {
                return ExchangeEnd.Broken;
            }
        }

        return Broken(OriginPhase.Head, new Http1Exception(Http1Error.BadStatusLine, $"More than {MaxInterim} interim answers."));
    }

    /// <summary>Reads one head; null when it is there. With a sender, a connection that turns out dead may be called stale.</summary>
    private async ValueTask<ExchangeEnd?> ReadOneHeadAsync(OriginConnection connection, RequestSender? sender)
    {
        StreamFailure failure;
        try
        {
            if (await connection.Reader.ReadResponseHeadAsync(connection.Head))
            {
                return null;
            }

            failure = OriginFailure.ClosedEarly(_origin, OriginPhase.Head);
        }
        catch (Http1Exception exception)
        {
            return Broken(OriginPhase.Head, exception);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            failure = _isHeadOverdue
                ? OriginFailure.HeadTimeout(_origin, _options.ResponseHeadTimeout)
                : OriginFailure.Of(_origin, OriginPhase.Head, exception);
        }

        return sender is not null && MayRepeat(connection, sender) ? ExchangeEnd.Stale : Broken(failure);
    }

    /// <summary>Passes the final head and the body on; false if either side failed, which is then dealt with.</summary>
    private async ValueTask<bool> PassOnAsync(OriginConnection connection, Http1Framing framing)
    {
        var head = connection.Head;
        var body = connection.Reader.OpenBody(framing);
        if (body.IsEnded)
        {
            _tunnel.WriteResponse(head.Status, head.Fields, ResponseSource.Origin, endStream: true);
            return true;
        }

        _tunnel.WriteResponse(head.Status, head.Fields);
        while (true)
        {
            if (await ReadBodyAsync(body) is not { } result || !await WriteToVisitorAsync(body, result))
            {
                return false;
            }

            if (result.IsCompleted)
            {
                return await EndAsync(body);
            }
        }
    }

    /// <summary>The next piece of the body; null if either side failed.</summary>
    private async ValueTask<ReadResult?> ReadBodyAsync(Http1BodyReader body)
    {
        try
        {
            if (body.TryRead(out var result))
            {
                return result;
            }

            // Nothing more is here: what there is goes to the visitor before the wait.
            return await FlushToVisitorAsync() ? await body.ReadAsync() : null;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            Fail(OriginFailure.Of(_origin, OriginPhase.Body, exception));
            return null;
        }
    }

    /// <summary>
    /// The answer is out and the request may still be under way: it goes on while the origin takes it, and ends when the origin
    /// closes, says anything more, or has it all.
    /// </summary>
    private static async ValueTask FinishSendingAsync(OriginConnection connection, RequestSender sender, Task<SendOutcome> sending)
    {
        if (sending.IsCompleted)
        {
            return;
        }

        connection.Input.OnGone(sender.Stop);
        if (!connection.Input.TryWatch() || connection.Input.IsGone)
        {
            sender.Stop();
        }

        await sending;
    }

    /// <summary>A status without a body that is framed as if it had one: what follows on the connection cannot be told.</summary>
    private static bool HasStrayBody(Http1ResponseHead head, Http1Framing framing)
        => framing.Kind == Http1BodyKind.None && head.Status is 204
            && (head.Fields.Contains("transfer-encoding"u8) || (head.Fields.TryGet("content-length"u8, out var length) && !length.SequenceEqual("0"u8)));

    private ExchangeEnd Broken(OriginPhase phase, Exception exception) => Broken(OriginFailure.Of(_origin, phase, exception));

    private ExchangeEnd Broken(StreamFailure failure)
    {
        Fail(failure);
        return ExchangeEnd.Broken;
    }

    private ITimer? HeadTimer() => _options.ResponseHeadTimeout == Timeout.InfiniteTimeSpan
        ? null
        : _options.TimeProvider.CreateTimer(static state => ((HttpExchange)state!).OnHeadOverdue(), this, _options.ResponseHeadTimeout, Timeout.InfiniteTimeSpan);
}
