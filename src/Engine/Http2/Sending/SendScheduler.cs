using Engine.Http2.FlowControl;
using Engine.Http2.Streams;

namespace Engine.Http2.Sending;

/// <summary>Shares the connection among the streams that have data and window: deficit round robin (Shreedhar and Varghese, 1995).</summary>
/// <remarks>
/// Guarded by the connection's gate. A stream joins the end of the round when it gets data or window and leaves it when it lacks
/// either. Each turn is worth one quantum, so that a keystroke waits for one quantum of each bulk stream at most.
/// </remarks>
internal sealed class SendScheduler
{
    /// <summary>One default frame a turn: smaller turns would cut frames, larger ones make the others wait.</summary>
    public const int Quantum = 16 << 10;

    private readonly LinkedList<StreamOutput> _round = new();
    private SendWindow _window = new(65_535);

    /// <summary>How many streams have data and window.</summary>
    public int Count => _round.Count;

    /// <summary>The connection's send window.</summary>
    public ref SendWindow Window => ref _window;

    /// <summary>Puts a stream that has data and window into the round, once.</summary>
    public void Enqueue(StreamOutput output)
    {
        if (output.Turn.List is null && output.Sendable > 0)
        {
            _round.AddLast(output.Turn);
        }
    }

    /// <summary>Takes a stream out of the round that will send nothing more, so that a spent window does not keep it in memory.</summary>
    public void Remove(StreamOutput output)
    {
        if (output.Turn.List is not null)
        {
            _round.Remove(output.Turn);
        }
    }

    /// <summary>Writes DATA until the batch is full, the connection's window is spent, or nobody has anything.</summary>
    public void Run(FrameSender sender)
    {
        while (_round.First is { } first && sender.HasRoom && _window.Available > 0)
        {
            _round.Remove(first);
            var output = first.Value;
            output.Deficit = Math.Min(output.Deficit + Quantum, 2 * Quantum);
            TakeTurn(output, sender);
            if (output.Sendable > 0)
            {
                Enqueue(output);
            }
            else
            {
                output.Deficit = 0;
            }
        }
    }

    private void TakeTurn(StreamOutput output, FrameSender sender)
    {
        while (true)
        {
            var count = (int)Math.Min(Math.Min(output.Sendable, output.Deficit), Math.Min(_window.Available, sender.MaxFrameSize));
            if (count <= 0)
            {
                return;
            }

            _window.Take(count);
            output.Deficit -= count;
            output.Send(sender, count);
        }
    }
}
