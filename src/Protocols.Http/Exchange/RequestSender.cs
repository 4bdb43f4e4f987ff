using System.Buffers;
using System.IO.Pipelines;
using Engine.Fields;
using Engine.Http1;
using Engine.Protocols.Http.Pooling;
using Engine.Tunnels;

namespace Engine.Protocols.Http.Exchange;

/// <summary>Sends one request, its head being written already, while the answer is read beside it.</summary>
/// <remarks>Runs on whatever thread brings the next octets. It never throws: see <see cref="SendOutcome"/>.</remarks>
internal sealed class RequestSender
{
    // What is copied before it is flushed: enough for a large write, and no more memory than that for a slow origin.
    private const int MaxBatch = 256 * 1024;

    private readonly ITunnelStreamFeature _request;
    private readonly PipeReader _input;
    private readonly OriginConnection _connection;
    private readonly Http1Framing _framing;
    private readonly GoAhead? _goAhead;
    private bool _isStopped;

    public RequestSender(ITunnelStreamFeature request, PipeReader input, OriginConnection connection, Http1Framing framing, GoAhead? goAhead)
    {
        _framing = framing;
        _request = request;
        _input = input;
        _connection = connection;
        _goAhead = goAhead;
    }

    /// <summary>Whether an octet of the body was taken from the visitor: it cannot be sent a second time.</summary>
    public bool HasTakenBody { get; private set; }

    /// <summary>Told when reading the body shows that the visitor is gone, or contradicts himself: the answer has lost its reader.</summary>
    public required Action OnVisitorGone { get; init; }

    public async Task<SendOutcome> RunAsync()
    {
        var outcome = await SendAsync();
        if (outcome == SendOutcome.VisitorFailed)
        {
            OnVisitorGone();
        }

        return outcome;
    }

    /// <summary>Ends the sending where it stands; whoever runs it gets <see cref="SendOutcome.Stopped"/>. Not to be called when it has ended.</summary>
    public void Stop()
    {
        Volatile.Write(ref _isStopped, true);
        _goAhead?.Decide(false);
        if (_framing.Kind != Http1BodyKind.None)
        {
            _input.CancelPendingRead();
        }

        _connection.Output.CancelPendingFlush();
    }

    private async Task<SendOutcome> SendAsync()
    {
        _connection.Body.Open(_framing);
        if (_framing.Kind == Http1BodyKind.None)
        {
            return await FlushAsync();
        }

        if (_goAhead is not null)
        {
            var flushed = await FlushAsync();
            if (flushed != SendOutcome.Complete || !await _goAhead.Decision)
            {
                return flushed == SendOutcome.Complete ? SendOutcome.Stopped : flushed;
            }
        }

        return await SendBodyAsync();
    }

    private async Task<SendOutcome> SendBodyAsync()
    {
        while (true)
        {
            ReadResult result;
            try
            {
                if (!_input.TryRead(out result))
                {
                    // Nothing is there yet: what was written goes out before the wait.
                    var flushed = await FlushAsync();
                    if (flushed != SendOutcome.Complete)
                    {
                        return flushed;
                    }

                    result = await _input.ReadAsync();
                }
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException or InvalidOperationException)
            {
                return SendOutcome.VisitorFailed;
            }

            if (Volatile.Read(ref _isStopped))
            {
                _input.AdvanceTo(result.Buffer.Start);
                return SendOutcome.Stopped;
            }

            var (outcome, isLast) = Write(result);
            if (outcome == SendOutcome.Complete)
            {
                outcome = await FlushAsync();
            }

            if (isLast || outcome != SendOutcome.Complete)
            {
                return outcome;
            }
        }
    }

    private (SendOutcome Outcome, bool IsLast) Write(in ReadResult result)
    {
        var batch = result.Buffer.Length > MaxBatch ? result.Buffer.Slice(0, MaxBatch) : result.Buffer;
        var isLast = result.IsCompleted && batch.Length == result.Buffer.Length;
        HasTakenBody |= !batch.IsEmpty;
        try
        {
            foreach (var memory in batch)
            {
                _connection.Body.Write(memory.Span);
            }

            _input.AdvanceTo(batch.End);
            if (isLast)
            {
                End();
            }

            return (SendOutcome.Complete, isLast);
        }
        catch (Http1Exception)
        {
            // More or fewer octets than announced: the visitor's own contradiction.
            return (SendOutcome.VisitorFailed, isLast);
        }
        catch (InvalidOperationException)
        {
            // The connection was discarded under us.
            return (SendOutcome.OriginFailed, isLast);
        }
    }

    private void End()
    {
        if (_request.RequestTrailers is { Count: > 0 } received && !_connection.Body.IsEnded)
        {
            var trailers = new FieldList();
            foreach (var field in received)
            {
                if (!field.IsPseudo && Http1Fields.IsAllowedInTrailers(field.Name))
                {
                    trailers.Add(field.Name, field.Value, field.IsSensitive);
                }
            }

            _connection.Body.WriteTrailers(trailers);
        }

        _connection.Body.Complete();
    }

    private async ValueTask<SendOutcome> FlushAsync()
    {
        try
        {
            var result = await _connection.Output.FlushAsync();
            return result.IsCanceled ? SendOutcome.Stopped : result.IsCompleted ? SendOutcome.OriginFailed : SendOutcome.Complete;
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or InvalidOperationException)
        {
            return SendOutcome.OriginFailed;
        }
    }
}
