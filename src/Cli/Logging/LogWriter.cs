using System.Threading.Channels;

namespace Engine.Cli.Logging;

/// <summary>Takes finished lines from any thread without ever blocking one, and writes them from a thread of its own.</summary>
/// <remarks>
/// The queue is bounded: while the terminal or the disk is slower than the log, lines are dropped and counted, and the count
/// is written once there is room. Owned by the program; disposing writes what is queued, within a time limit.
/// </remarks>
internal sealed class LogWriter : IDisposable
{
    private const int Capacity = 4096;
    private static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(2);

    private readonly Channel<LogLine> _lines = Channel.CreateBounded<LogLine>(new BoundedChannelOptions(Capacity)
    {
        SingleReader = true,
        FullMode = BoundedChannelFullMode.Wait,
    });

    private readonly TextWriter _output;
    private readonly TextWriter? _file;
    private readonly Func<long, LogLine> _droppedLine;
    private readonly Thread _thread;
    private long _dropped;

    /// <summary>Starts writing.</summary>
    /// <param name="output">Where lines go; not disposed.</param>
    /// <param name="file">Where JSON lines go as well; disposed.</param>
    /// <param name="droppedLine">Makes the line that says how many were dropped.</param>
    public LogWriter(TextWriter output, TextWriter? file, Func<long, LogLine> droppedLine)
    {
        _output = output;
        _file = file;
        _droppedLine = droppedLine;
        _thread = new Thread(Run) { IsBackground = true, Name = "log" };
        _thread.Start();
    }

    /// <summary>Whether lines for the file are wanted.</summary>
    public bool HasFile => _file is not null;

    /// <summary>Lines dropped so far.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    public void Write(LogLine line)
    {
        if (!_lines.Writer.TryWrite(line))
        {
            Interlocked.Increment(ref _dropped);
        }
    }

    public void Dispose()
    {
        _lines.Writer.TryComplete();
        if (_thread.Join(FlushTimeout))
        {
            _file?.Dispose();
        }
    }

    private void Run()
    {
        var reader = _lines.Reader;
        var reported = 0L;
        while (WaitToRead(reader))
        {
            while (reader.TryRead(out var line))
            {
                Emit(line);
            }

            var dropped = Interlocked.Read(ref _dropped);
            if (dropped != reported)
            {
                Emit(_droppedLine(dropped - reported));
                reported = dropped;
            }

            Flush();
        }
    }

    /// <summary>This thread may block: it does nothing else.</summary>
    private static bool WaitToRead(ChannelReader<LogLine> reader)
    {
        var pending = reader.WaitToReadAsync();
        return pending.IsCompleted ? pending.Result : pending.AsTask().GetAwaiter().GetResult();
    }

    private void Emit(LogLine line)
    {
        try
        {
            _output.WriteLine(line.Output);
            _file?.WriteLine(line.File);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // A closed terminal or a full disk must not take the tunnel down.
            Interlocked.Increment(ref _dropped);
        }
    }

    private void Flush()
    {
        try
        {
            _output.Flush();
            _file?.Flush();
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
        }
    }
}
