using System.IO.Pipelines;
using Engine.Http1;
using Engine.Protocols.Http.Pooling;
using Engine.Splicing;
using Engine.Tunnels;

namespace Engine.Protocols.Http.Exchange;

/// <content>The way back: heads, body, trailers, or the switch to another protocol.</content>
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
        for (var interim = 0; ; interim++)
        {
            try
            {
                if (!await connection.Reader.ReadResponseHeadAsync(head))
                {
                    return interim == 0 && MayRepeat(connection, sender)
                        ? ExchangeEnd.Stale
                        : Broken(OriginFailure.ClosedEarly(_origin, OriginPhase.Head));
                }
            }
            catch (Http1Exception exception)
            {
                return Broken(OriginPhase.Head, exception);
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException)
            {
                return interim == 0 && MayRepeat(connection, sender)
                    ? ExchangeEnd.Stale
                    : Broken(_isHeadOverdue ? OriginFailure.HeadTimeout(_origin, _options.ResponseHeadTimeout) : OriginFailure.Of(_origin, OriginPhase.Head, exception));
            }

            if (!head.IsInformational)
            {
                return null;
            }

            if (interim == MaxInterim)
            {
                return Broken(OriginPhase.Head, new Http1Exception(Http1Error.BadStatusLine, $"More than {MaxInterim} interim answers."));
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
            ReadResult result;
            try
            {
                if (!body.TryRead(out result))
                {
                    // Nothing more is here: what there is goes to the visitor before the wait.
                    if (!await FlushToVisitorAsync())
                    {
                        return false;
                    }

                    result = await body.ReadAsync();
                }
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException)
            {
                Fail(OriginFailure.Of(_origin, OriginPhase.Body, exception));
                return false;
            }

            if (!await WriteToVisitorAsync(body, result))
            {
                return false;
            }

            if (result.IsCompleted)
            {
                return await EndAsync(body);
            }
        }
    }

    private async ValueTask<bool> WriteToVisitorAsync(Http1BodyReader body, ReadResult result)
    {
        try
        {
            var output = _stream.Transport.Output;
            foreach (var memory in result.Buffer)
            {
                System.Buffers.BuffersExtensions.Write(output, memory.Span);
            }

            body.AdvanceTo(result.Buffer.End);
            return result.IsCompleted || await FlushToVisitorAsync();
        }
        catch (Exception exception) when (IsVisitorsEnd(exception))
        {
            OnVisitorGone();
            return false;
        }
    }

    private async ValueTask<bool> EndAsync(Http1BodyReader body)
    {
        try
        {
            if (body.Trailers is { } trailers)
            {
                _tunnel.WriteTrailers(trailers);
                await _stream.Transport.Output.FlushAsync();
            }
            else
            {
                await _stream.Transport.Output.CompleteAsync();
            }

            return true;
        }
        catch (Exception exception) when (IsVisitorsEnd(exception))
        {
            OnVisitorGone();
            return false;
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

    private async ValueTask<ExchangeEnd> UpgradeAsync(OriginConnection connection, Task<SendOutcome> sending)
    {
        var fields = connection.Head.Fields;
        if (_tunnel.Kind != TunnelStreamKind.WebSocket)
        {
            return Broken(OriginPhase.Head, new Http1Exception(Http1Error.BadStatusLine, "Status 101 for a request that asked for no upgrade."));
        }

        fields.Remove("content-length"u8);
        fields.Remove("transfer-encoding"u8);
        fields.Remove("keep-alive"u8);
        fields.Remove("proxy-connection"u8);
        _tunnel.WriteResponse(101, fields);
        await sending;
        if (!await FlushToVisitorAsync())
        {
            return ExchangeEnd.Broken;
        }

        var result = await Splice.RunAsync(_stream.Transport, connection);
        if (result.IsClean)
        {
            return ExchangeEnd.Closed;
        }

        if (result.Failed == SpliceSide.B)
        {
            Fail(OriginFailure.Of(_origin, OriginPhase.Upgraded, result.Error ?? new IOException("It ended.")));
        }

        return ExchangeEnd.Broken;
    }

    private async ValueTask<bool> FlushToVisitorAsync()
    {
        try
        {
            var result = await _stream.Transport.Output.FlushAsync();
            if (!result.IsCompleted && !result.IsCanceled)
            {
                return true;
            }
        }
        catch (Exception exception) when (IsVisitorsEnd(exception))
        {
            // Seen below: whatever it was, there is no one to answer any more.
        }

        OnVisitorGone();
        return false;
    }

    /// <summary>A status without a body that is framed as if it had one: what follows on the connection cannot be told.</summary>
    private static bool HasStrayBody(Http1ResponseHead head, Http1Framing framing)
        => framing.Kind == Http1BodyKind.None && head.Status is 204
            && (head.Fields.Contains("transfer-encoding"u8) || (head.Fields.TryGet("content-length"u8, out var length) && !length.SequenceEqual("0"u8)));

    private static bool IsVisitorsEnd(Exception exception) => exception is IOException or OperationCanceledException or InvalidOperationException;

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
