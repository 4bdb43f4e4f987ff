using System.Buffers;
using System.IO.Pipelines;

namespace Engine.Protocols.Http.Exchange;

/// <summary>A whole request body, for origins that must be told its length: in memory while it is small, then in a file of its own.</summary>
/// <remarks>Owned by one exchange, whose disposing removes the file.</remarks>
internal sealed class BufferedBody(long limit) : IAsyncDisposable
{
    private const int MaxInMemory = 1024 * 1024;

    private Stream _stream = new MemoryStream();

    public enum Outcome
    {
        Complete,
        TooLarge,
        VisitorFailed,
    }

    public long Length => _stream.Length;

    /// <summary>Reads the body to its end.</summary>
    public async Task<Outcome> FillAsync(PipeReader input)
    {
        while (true)
        {
            ReadResult result;
            try
            {
                result = await input.ReadAsync();
            }
            catch (Exception exception) when (exception is IOException or OperationCanceledException)
            {
                return Outcome.VisitorFailed;
            }

            if (_stream.Length + result.Buffer.Length > limit)
            {
                input.AdvanceTo(result.Buffer.Start);
                return Outcome.TooLarge;
            }

            await AppendAsync(result.Buffer);
            input.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted || result.IsCanceled)
            {
                return result.IsCompleted ? Outcome.Complete : Outcome.VisitorFailed;
            }
        }
    }

    /// <summary>The body from its beginning; the last reader that was opened is over.</summary>
    public PipeReader Open()
    {
        _stream.Position = 0;
        return PipeReader.Create(_stream, new StreamPipeReaderOptions(bufferSize: 64 * 1024, leaveOpen: true));
    }

    public ValueTask DisposeAsync() => _stream.DisposeAsync();

    private async ValueTask AppendAsync(ReadOnlySequence<byte> bytes)
    {
        if (_stream is MemoryStream memory && memory.Length + bytes.Length > MaxInMemory)
        {
            var file = OpenFile();
            memory.WriteTo(file);
            _stream = file;
        }

        foreach (var segment in bytes)
        {
            await _stream.WriteAsync(segment);
        }
    }

    private static FileStream OpenFile()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Options = FileOptions.Asynchronous | FileOptions.DeleteOnClose,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(Path.Combine(Path.GetTempPath(), "engine-" + Path.GetRandomFileName()), options);
    }
}
