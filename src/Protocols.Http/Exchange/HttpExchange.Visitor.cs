using System.IO.Pipelines;
using Engine.Http1;
using Engine.Protocols.Http.Pooling;
using Engine.Splicing;
using Engine.Tunnels;

namespace Engine.Protocols.Http.Exchange;

/// <content>The way to the visitor: body, trailers, or the switch to another protocol.</content>
internal sealed partial class HttpExchange
{
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

    private static bool IsVisitorsEnd(Exception exception) => exception is IOException or OperationCanceledException or InvalidOperationException;
}
