using Engine.Edge.Front;
using Engine.Edge.Registry;
using Engine.Fields;

namespace Engine.Edge.Forwarding;

/// <summary>The request's body on its way into the tunnel, beside the answer that comes back.</summary>
/// <remarks>Owned by one exchange. It resets the tunnel's stream by itself when the visitor breaks off, so that nobody downstream takes the body for complete.</remarks>
internal sealed class Upload
{
    private readonly BodyPump _pump;
    private readonly VisitorExchange _visitor;
    private readonly ITunnelStream _stream;
    private readonly Task _task;

    private Upload(VisitorExchange visitor, ITunnelStream stream)
    {
        _visitor = visitor;
        _stream = stream;
        _pump = new BodyPump(sourcePace: visitor.Pace);

        // Without the stream the exchange ends, and with it this.
        visitor.Pace.GiveUpReading = stream.Reset;
        _task = RunAsync();
    }

    /// <summary>How it ended, or that it has not.</summary>
    public PumpEnd End { get; private set; }

    /// <summary>What the visitor did wrong, once it has ended as <see cref="PumpEnd.SourceFailed"/>.</summary>
    public Exception? VisitorFault => End == PumpEnd.SourceFailed ? _pump.Error : null;

    /// <summary>Starts on a request that has a body.</summary>
    public static Upload? Start(VisitorExchange visitor, ITunnelStream stream) => visitor.HasBody ? new Upload(visitor, stream) : null;

    /// <summary>Stops, and tells whether the visitor's body is still untouched, so that the request may be sent elsewhere.</summary>
    public async ValueTask<bool> TakeBackAsync()
    {
        await StopAsync();
        return End == PumpEnd.Stopped && _pump.Moved == 0;
    }

    /// <summary>Stops wherever it is.</summary>
    public async ValueTask StopAsync()
    {
        if (!_task.IsCompleted)
        {
            _pump.Stop();
            _stream.Reset();
            await _task;
        }
    }

    /// <summary>Waits for the rest of a body whose answer is complete, as long as it moves.</summary>
    /// <param name="stall">The longest time without an octet.</param>
    /// <param name="time">The clock.</param>
    public async ValueTask FinishAsync(TimeSpan stall, TimeProvider time)
    {
        while (!_task.IsCompleted)
        {
            var before = _pump.Moved;
            using var timer = new CancellationTokenSource(stall, time);
            await _task.WaitAsync(timer.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!_task.IsCompleted && _pump.Moved == before)
            {
                await StopAsync();
                return;
            }
        }
    }

    private async Task RunAsync()
    {
        var end = await _pump.RunAsync(_visitor.Body, _stream.Transport.Output, length: null);
        if (end == PumpEnd.Completed)
        {
            end = await CompleteAsync() ? end : PumpEnd.SinkFailed;
            End = end;
            _visitor.RequestEnded();
            return;
        }

        End = end;
        if (end == PumpEnd.SourceFailed)
        {
            _stream.Reset();
        }
    }

    private async ValueTask<bool> CompleteAsync()
    {
        try
        {
            if (_visitor.Trailers is { Count: > 0 } trailers && _visitor.Request.WriteTrailers(trailers))
            {
                _stream.WriteTrailers(_visitor.Request.Head);
                await _stream.Transport.Output.FlushAsync();
            }
            else
            {
                await _stream.Transport.Output.CompleteAsync();
            }

            return true;
        }
        catch (Exception error) when (BodyPump.IsConnectionFailure(error) || error is InvalidOperationException)
        {
            return false;
        }
    }
}
