using Engine.Cli.Logging;
using Engine.Hosting.Configuration;
using Engine.Testing;
using Microsoft.Extensions.Logging;

namespace Engine.Cli.Tests.Logging;

public class LogWriterTests
{
    [Fact]
    public void Lines_come_out_in_order()
    {
        var output = new StringWriter();
        using (var writer = new LogWriter(output, null, count => new LogLine($"dropped {count}", null)))
        {
            for (var i = 0; i < 1000; i++)
            {
                writer.Write(new LogLine(i.ToString(System.Globalization.CultureInfo.InvariantCulture), null));
            }
        }

        Assert.Equal(Enumerable.Range(0, 1000).Select(i => i.ToString(System.Globalization.CultureInfo.InvariantCulture)), output.ToString().Split(Environment.NewLine)[..1000]);
    }

    [Fact]
    public void A_reader_that_stands_still_blocks_nobody_and_what_is_dropped_is_counted()
    {
        var output = new StuckWriter();
        using (var writer = new LogWriter(output, null, count => new LogLine($"dropped {count}", null)))
        {
            // The first line is in the writer's hands; then the queue fills.
            writer.Write(new LogLine("first", null));
            Assert.True(output.Reached.Wait(TimeSpan.FromSeconds(10)));
            for (var i = 0; i < 10_000; i++)
            {
                writer.Write(new LogLine("line", null));
            }

            Assert.Equal(10_000 - 4096, writer.Dropped);
            output.Release.Set();
        }

        Assert.Equal(1 + 4096, output.Lines.Count(line => line is "first" or "line"));
        Assert.Contains("dropped 5904", output.Lines);
    }

    [Fact]
    public void A_disk_that_is_full_takes_nobody_down()
    {
        var full = new FailingWriter();
        using (var writer = new LogWriter(full, null, count => new LogLine($"dropped {count}", null)))
        {
            writer.Write(new LogLine("line", null));
        }

        Assert.True(full.Asked > 0, "The log never wrote to the disk that is full.");
    }

    [Fact]
    public void A_file_takes_json_lines_beside_the_text()
    {
        using var folder = new TemporaryFolder();
        var output = new StringWriter();
        using (var provider = new LineLoggerProvider(new LogSettings(LogLevel.Information, IsJson: false, folder["log"]), output, hasColours: false, TimeProvider.System))
        {
            var logger = provider.CreateLogger("Engine");
            logger.Log(LogLevel.Information, default, "state", null, (_, _) => "seen");
            logger.Log(LogLevel.Debug, default, "state", null, (_, _) => "too fine");
        }

        Assert.EndsWith("INF seen" + Environment.NewLine, output.ToString(), StringComparison.Ordinal);
        Assert.Contains("\"message\":\"seen\"", Assert.Single(File.ReadAllLines(folder["log"])), StringComparison.Ordinal);
    }

    private sealed class StuckWriter : StringWriter
    {
        private readonly List<string> _lines = [];

        public ManualResetEventSlim Reached { get; } = new();

        public ManualResetEventSlim Release { get; } = new();

        public IReadOnlyList<string> Lines => _lines;

        public override void WriteLine(string? value)
        {
            Reached.Set();
            Assert.True(Release.Wait(TimeSpan.FromSeconds(30)));
            _lines.Add(value!);
        }
    }

    private sealed class FailingWriter : StringWriter
    {
        private int _asked;

        public int Asked => Volatile.Read(ref _asked);

        public override void WriteLine(string? value)
        {
            Interlocked.Increment(ref _asked);
            throw new IOException("No space left on device");
        }
    }
}
