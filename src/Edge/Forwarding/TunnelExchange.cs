using System.IO.Pipelines;
using System.Text;
using Engine.Edge.Answers;
using Engine.Edge.Front;
using Engine.Edge.Registry;
using Engine.Fields;
using Engine.Http1;
using Engine.Splicing;

namespace Engine.Edge.Forwarding;

/// <summary>One request on one stream of a tunnel: the body goes up, the answer comes down.</summary>
/// <remarks>
/// Borrows the visitor and the stream from the forwarder. A failure is put to the side it was seen on: the visitor's resets the
/// stream (CANCEL), the tunnel's becomes an answer of our own, or a visible cut once the visitor has the head.
/// </remarks>
internal sealed class TunnelExchange
{
    private readonly VisitorExchange _visitor;
    private readonly ITunnelStream _stream;
    private readonly ExchangeContext _context;
    private readonly EdgeServices _edge;

    public TunnelExchange(VisitorExchange visitor, ITunnelStream stream, ExchangeContext context, EdgeServices edge)
    {
        _visitor = visitor;
        _stream = stream;
        _context = context;
        _edge = edge;
    }

    /// <summary>Runs the exchange; the stream is over when it returns, unless it says so by a visitor that is gone.</summary>
    public async ValueTask<AttemptResult> RunAsync()
    {
        using var abort = _visitor.Aborted.UnsafeRegister(static stream => ((ITunnelStream)stream!).Reset(), _stream);
        if (!_visitor.HasBody && _visitor.Upgrade is null)
        {
            _visitor.RequestEnded();
        }

        var upload = Upload.Start(_visitor, _stream);
        TunnelResponse response;
        try
        {
            response = await ReadFinalAsync();
        }
        catch (VisitorGoneException)
        {
            await AbandonAsync(upload);
            return AttemptResult.Done;
        }
        catch (Exception error) when (BodyPump.IsConnectionFailure(error) || error is InvalidDataException)
        {
            return await FailAsync(upload, error);
        }

        return await AnswerAsync(response, upload);
    }

    private async ValueTask<AttemptResult> AnswerAsync(TunnelResponse response, Upload? upload)
    {
        var answer = ResponseRules.Judge(response, _visitor, _context.Key);
        if (answer is null && (LacksItsBody(response) || !_visitor.Response.Write(response, _context.TraceId)))
        {
            answer = OwnAnswer.TunnelProtocol;
        }

        if (answer is not null)
        {
            await AbandonAsync(upload);
            return AttemptResult.Failed(answer);
        }

        if (response.IsUpgrade)
        {
            await SpliceAsync();
            return AttemptResult.Done;
        }

        if (await DownloadAsync(response))
        {
            await EndUploadAsync(upload);
        }
        else
        {
            await AbandonAsync(upload);
        }

        return AttemptResult.Done;
    }

    /// <summary>RFC 9110 §6.4.1: what Content-Length says there is of another answer.</summary>
    private bool HasNoBody(in TunnelResponse response) => response.Status is 204 or 304 || Ascii.Equals(_visitor.Method, "HEAD"u8);

    /// <summary>Whether the stream ended with a head that announces a body. Nothing was sent yet, so that the visitor can be told.</summary>
    private bool LacksItsBody(in TunnelResponse response) =>
        _stream.IsResponseEmpty && !HasNoBody(response) && ResponseRules.TryReadLength(response.Fields, out var length) && length > 0;

    /// <summary>Passes on interim heads until the final one comes.</summary>
    private async ValueTask<TunnelResponse> ReadFinalAsync()
    {
        while (true)
        {
            var response = await _stream.ReadResponseAsync(CancellationToken.None);
            if (!response.IsInformational)
            {
                return response;
            }

            if (_visitor.TakesInformational && _visitor.Response.Write(response, _context.TraceId))
            {
                try
                {
                    await _visitor.WriteInformationalAsync(response.Status, _visitor.Response.Fields);
                }
                catch (Exception error) when (BodyPump.IsConnectionFailure(error))
                {
                    throw new VisitorGoneException(error);
                }
            }
        }
    }

    /// <returns>Whether the answer went out whole.</returns>
    private async ValueTask<bool> DownloadAsync(TunnelResponse response)
    {
        var fields = _visitor.Response.Fields;
        ResponseRules.TryReadLength(fields, out var length);
        var hasNoBody = HasNoBody(response);
        var isEmpty = hasNoBody || _stream.IsResponseEmpty;
        if (response.Status == 204)
        {
            fields.Remove("content-length"u8);
        }

        if (isEmpty && !hasNoBody)
        {
            fields.Set("content-length"u8, "0"u8);
        }

        try
        {
            var output = _visitor.Start(response.Status, fields, isEmpty);
            return isEmpty ? await EndAsync(null) : await MoveBodyAsync(output, length);
        }
        catch (Exception error) when (BodyPump.IsConnectionFailure(error))
        {
            return Cut(error, "the visitor is gone");
        }
    }

    private async ValueTask<bool> MoveBodyAsync(PipeWriter output, long? length)
    {
        var pump = new BodyPump(sinkPace: _visitor.Pace);
        var end = await pump.RunAsync(_stream.Transport.Input, output, length);
        return end switch
        {
            PumpEnd.Completed when pump.Missing == 0 => await EndAsync(_stream.Trailers),
            PumpEnd.Completed => Cut(null, "the body is shorter than Content-Length"),
            PumpEnd.TooLong => Cut(null, "the body is longer than Content-Length"),
            PumpEnd.SinkFailed => Cut(pump.Error, "the visitor is gone"),
            _ => Cut(pump.Error, "the connector broke off"),
        };
    }

    private async ValueTask<bool> EndAsync(FieldList? trailers)
    {
        var passed = trailers is { Count: > 0 } && _visitor.Response.WriteTrailers(trailers);
        await _visitor.EndAsync(passed ? _visitor.Response.Fields : null);
        return true;
    }

    /// <summary>Ends both sides of an answer that cannot become whole.</summary>
    private bool Cut(Exception? error, string why)
    {
        EdgeLog.ExchangeCut(_edge.Log, _context.TraceId, why, error);
        _stream.Reset();
        _visitor.Truncate();
        return false;
    }

    private async ValueTask SpliceAsync()
    {
        try
        {
            var pipe = await _visitor.SwitchAsync(_visitor.Response.Fields);
            var result = await Splice.RunAsync(pipe, _stream.Transport, null, _edge.Cut);
            if (!result.IsClean)
            {
                Cut(result.Error, result.Failed == SpliceSide.A ? "the visitor is gone" : "the connector broke off");
            }
        }
        catch (Exception error) when (BodyPump.IsConnectionFailure(error))
        {
            Cut(error, "the visitor is gone");
        }
    }

    private async ValueTask<AttemptResult> FailAsync(Upload? upload, Exception error)
    {
        if (error is StreamNotProcessedException && (upload is null || await upload.TakeBackAsync()))
        {
            return AttemptResult.Untouched;
        }

        await AbandonAsync(upload);
        if (_visitor.Aborted.IsCancellationRequested)
        {
            return AttemptResult.Done;
        }

        if (_visitor.Pace.HasStalled)
        {
            return AttemptResult.Failed(OwnAnswer.BodyTimeout);
        }

        if (upload?.VisitorFault is { } fault)
        {
            return fault is Http1Exception ? AttemptResult.Failed(OwnAnswer.BadRequest) : AttemptResult.Done;
        }

        EdgeLog.StreamFailed(_edge.Log, _context.TraceId, error);
        if (error is InvalidDataException)
        {
            return AttemptResult.Failed(OwnAnswer.TunnelProtocol);
        }

        return error is TunnelConnectionLostException && upload is null && ResponseRules.IsSafe(_visitor.Method)
            ? AttemptResult.Lost
            : AttemptResult.Failed(OwnAnswer.TunnelLost);
    }

    private async ValueTask EndUploadAsync(Upload? upload)
    {
        if (upload is null)
        {
            return;
        }

        if (_visitor.AwaitsContinue)
        {
            await upload.StopAsync();
        }
        else
        {
            await upload.FinishAsync(_edge.Limits.LingerTimeout, _edge.Time);
        }
    }

    private async ValueTask AbandonAsync(Upload? upload)
    {
        _stream.Reset();
        if (upload is not null)
        {
            await upload.StopAsync();
        }
    }
}
