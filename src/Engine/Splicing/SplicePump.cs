using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;

namespace Engine.Splicing;

/// <summary>One direction of a splice: reads, writes, flushes, and passes the end on.</summary>
/// <remarks>Runs on whatever thread completes the awaited operation; <see cref="Stop"/> may come from any other.</remarks>
internal sealed class SplicePump(PipeReader source, PipeWriter destination, SpliceSession session)
{
    // SpliceEnd, or -1 while nobody asked for an end.
    private int _stop = -1;
    private bool _hasEnded;

    public long Bytes { get; private set; }

    public async Task<SpliceDirection> RunAsync()
    {
        while (true)
        {
            ReadResult read;
            try
            {
                read = await source.ReadAsync();
            }
            catch (Exception exception)
            {
                return End(SpliceEnd.SourceFailed, exception);
            }

            session.Touch();
            if (!read.Buffer.IsEmpty && await WriteAsync(read.Buffer) is { } failed)
            {
                return failed;
            }

            source.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted)
            {
                return await PassEndOnAsync();
            }

            if (Stopped() is { } end)
            {
                return End(end, null);
            }
        }
    }

    /// <summary>Ends this direction at its next wait.</summary>
    public void Stop(SpliceEnd end)
    {
        // What has ended is not touched: a cancel would meet the caller's next read.
        if (Volatile.Read(ref _hasEnded))
        {
            return;
        }

        Interlocked.CompareExchange(ref _stop, (int)end, -1);
        source.CancelPendingRead();
        destination.CancelPendingFlush();
    }

    // Null: written. The buffer's consumer is the caller; after a failure nobody reads on.
    private async ValueTask<SpliceDirection?> WriteAsync(ReadOnlySequence<byte> bytes)
    {
        try
        {
            foreach (var segment in bytes)
            {
                destination.Write(segment.Span);
            }

            var flush = await destination.FlushAsync();
            while (flush.IsCanceled && Stopped() is null)
            {
                flush = await destination.FlushAsync();
            }

            if (flush.IsCompleted)
            {
                return Abandon(SpliceEnd.DestinationFailed, new ConnectionResetException("The destination's reader is gone."));
            }

            if (flush.IsCanceled)
            {
                return Abandon(Stopped()!.Value, null);
            }

            Bytes += bytes.Length;
            session.Touch();
            return null;
        }
        catch (Exception exception)
        {
            return Abandon(SpliceEnd.DestinationFailed, exception);
        }

        SpliceDirection Abandon(SpliceEnd end, Exception? error)
        {
            source.AdvanceTo(bytes.End);
            return End(end, error);
        }
    }

    private async ValueTask<SpliceDirection> PassEndOnAsync()
    {
        try
        {
            await destination.CompleteAsync();
            return End(SpliceEnd.Completed, null);
        }
        catch (Exception exception)
        {
            return End(SpliceEnd.DestinationFailed, exception);
        }
    }

    private SpliceEnd? Stopped() => Volatile.Read(ref _stop) is var stop and >= 0 ? (SpliceEnd)stop : null;

    // What was asked to stop did not fail by itself.
    private SpliceDirection End(SpliceEnd end, Exception? error)
    {
        Volatile.Write(ref _hasEnded, true);
        return end is not SpliceEnd.Completed && Stopped() is { } asked
            ? new SpliceDirection(Bytes, asked, null)
            : new SpliceDirection(Bytes, end, error);
    }
}
