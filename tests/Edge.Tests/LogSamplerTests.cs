using Engine.Edge.Tests.Fakes;
using Microsoft.Extensions.Time.Testing;

namespace Engine.Edge.Tests;

public sealed class LogSamplerTests : IDisposable
{
    private readonly LogLines _log = new();
    private readonly FakeTimeProvider _time = new();
    private readonly LogSampler _sampler;

    public LogSamplerTests() => _sampler = new LogSampler(_log, _time);

    [Fact]
    public void The_first_lines_pass_and_the_others_are_counted()
    {
        var passed = Enumerable.Range(0, 1000).Count(_ => _sampler.Take(LogKind.TunnelAnswer));
        Assert.Equal(LogSampler.Burst, passed);
        Assert.Empty(_log.Of(7019));

        _time.Advance(LogSampler.Window);
        var line = Assert.Single(_log.Of(7019));
        Assert.Contains((1000 - LogSampler.Burst).ToString(), line, StringComparison.Ordinal);
        Assert.Contains(nameof(LogKind.TunnelAnswer), line, StringComparison.Ordinal);
        Assert.True(_sampler.Take(LogKind.TunnelAnswer));
    }

    [Fact]
    public void Kinds_do_not_use_up_each_others_lines_and_quiet_windows_say_nothing()
    {
        for (var i = 0; i < LogSampler.Burst; i++)
        {
            Assert.True(_sampler.Take(LogKind.Limit));
        }

        Assert.True(_sampler.Take(LogKind.Failure));
        _time.Advance(LogSampler.Window * 3);
        Assert.Empty(_log.Of(7019));
    }

    [Fact]
    public void What_was_left_out_is_told_at_the_end()
    {
        for (var i = 0; i <= LogSampler.Burst; i++)
        {
            _sampler.Take(LogKind.VisitorRefused);
        }

        _sampler.Dispose();
        Assert.Contains("1 more", Assert.Single(_log.Of(7019)), StringComparison.Ordinal);
    }

    public void Dispose() => _sampler.Dispose();
}
