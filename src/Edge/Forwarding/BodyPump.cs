using System.Buffers;
using System.IO.Pipelines;
using Engine.Edge.Front;
using Engine.Http1;

namespace Engine.Edge.Forwarding;

/// <summary>Moves one body from a reader to a writer, passing on at once what has come.</summary>
/// <remarks>
/// Back-pressure travels: no more is taken than <see cref="FlushThreshold"/> ahead of a flush. One run at a time; <see cref="Stop"/>
/// and <see cref="Moved"/> may be used from other threads. Owns neither end and completes neither.
/// </remarks>
internal sealed class BodyPump
{
    /// <summary>The octets after which a flush is awaited although more has come: large enough for one large TLS write.</summary>
    private const int FlushThreshold = 64 * 1024;

    private readonly VisitorPace? _sourcePace;
    private readonly VisitorPace? _sinkPace;
    private PipeReader? _source;
    private long _moved;
    private long _left;
    private long _unflushed;

    /// <param name="sourcePace">The visitor's, when the body comes from the visitor.</param>
    /// <param name="sinkPace">The visitor's, when the body goes to the visitor.</param>
    public BodyPump(VisitorPace? sourcePace = null, VisitorPace? sinkPace = null)
    {
        _sourcePace = sourcePace;
        _sinkPace = sinkPace;
    }

    /// <summary>How many octets were taken from the source.</summary>
    public long Moved => Volatile.Read(ref _moved);

    /// <summary>How many of the announced octets did not come; 0 when nothing was announced.</summary>
    public long Missing => _left == long.MaxValue ? 0 : _left;

    /// <summary>What made it fail.</summary>
    public Exception? Error { get; private set; }

    /// <summary>Whether an exception is one of those by which connections and streams end.</summary>
    public static bool IsConnectionFailure(Exception error) =>
        error is IOException or OperationCanceledException or ObjectDisposedException;

    /// <summary>Makes a run end as <see cref="PumpEnd.Stopped"/> at its next read.</summary>
    public void Stop() => _source?.CancelPendingRead();

    /// <summary>Moves a body to its end.</summary>
    /// <param name="source">The body.</param>
    /// <param name="sink">Where it goes. What is unflushed in it leaves before the first wait.</param>
    /// <param name="length">The announced octets, or null.</param>
    public async ValueTask<PumpEnd> RunAsync(PipeReader source, PipeWriter sink, long? length)
    {
        _source = source;
        _left = length ?? long.MaxValue;
        while (true)
        {
            ReadResult read;
            try
            {
                if (_unflushed >= FlushThreshold || !source.TryRead(out read))
                {
                    if (!await FlushAsync(sink))
                    {
                        return PumpEnd.SinkFailed;
                    }

                    read = await ReadAsync(source);
                }
            }
            catch (Exception error) when (IsConnectionFailure(error))
            {
                Error = error;
                return PumpEnd.SourceFailed;
            }

            if (Take(source, sink, read) is var end and not PumpEnd.Running)
            {
                return end;
            }
        }
    }

    private async ValueTask<ReadResult> ReadAsync(PipeReader source)
    {
        var read = source.ReadAsync();
        if (_sourcePace is null || read.IsCompleted)
        {
            return await read;
        }

        _sourcePace.BeginRead();
        try
        {
            return await read;
        }
        finally
        {
            _sourcePace.EndRead();
        }
    }

    private PumpEnd Take(PipeReader source, PipeWriter sink, in ReadResult read)
    {
        var buffer = read.Buffer;
        if (buffer.Length > _left)
        {
            source.AdvanceTo(buffer.Start);
            return PumpEnd.TooLong;
        }

        var isWhole = buffer.Length <= FlushThreshold;
        var taken = isWhole ? buffer : buffer.Slice(0, FlushThreshold);
        if (!TryWrite(sink, taken))
        {
            source.AdvanceTo(buffer.Start);
            return PumpEnd.SinkFailed;
        }

        if (_left != long.MaxValue)
        {
            _left -= taken.Length;
        }

        _unflushed += taken.Length;
        Volatile.Write(ref _moved, _moved + taken.Length);
        source.AdvanceTo(taken.End);
        if (read.IsCanceled)
        {
            return PumpEnd.Stopped;
        }

        return read.IsCompleted && isWhole ? PumpEnd.Completed : PumpEnd.Running;
    }

    private bool TryWrite(PipeWriter sink, in ReadOnlySequence<byte> octets)
    {
        try
        {
            foreach (var segment in octets)
            {
                Write(sink, segment.Span);
            }

            return true;
        }
        catch (Exception error) when (IsConnectionFailure(error) || error is InvalidOperationException)
        {
            Error = error;
            return false;
        }
    }

    /// <summary>A chunked body gets one chunk a segment, where the general way would give it one a buffer of the output.</summary>
    private static void Write(PipeWriter sink, ReadOnlySpan<byte> octets)
    {
        if (sink is Http1BodyWriter http1)
        {
            http1.Write(octets);
        }
        else
        {
            sink.Write(octets);
        }
    }

    private async ValueTask<bool> FlushAsync(PipeWriter sink)
    {
        try
        {
            _unflushed = 0;
            var flush = sink.FlushAsync();
            var result = await (_sinkPace is null ? flush : _sinkPace.WriteAsync(flush));
            return !result.IsCompleted;
        }
        catch (Exception error) when (IsConnectionFailure(error) || error is InvalidOperationException)
        {
            Error = error;
            return false;
        }
    }
}
