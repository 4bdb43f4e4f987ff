using System.IO.Pipelines;

namespace Engine.Splicing;

/// <summary>The two directions of one splice and what each one's end means for the other.</summary>
/// <remarks>Lives for one run. The timer exists only once one direction has ended.</remarks>
internal sealed class SpliceSession : IDisposable
{
    private readonly SpliceOptions _options;
    private readonly SplicePump _aToB;
    private readonly SplicePump _bToA;
    private readonly Lock _gate = new();
    private ITimer? _timer;
    private long _lastByte;
    private TimeSpan _idleLimit = Timeout.InfiniteTimeSpan;
    private SpliceEnd _idleEnd;
    private SplicePump? _remaining;
    private SpliceSide _failed;
    private Exception? _error;

    public SpliceSession(IDuplexPipe a, IDuplexPipe b, SpliceOptions options)
    {
        _options = options;
        _aToB = new SplicePump(a.Input, b.Output, this);
        _bToA = new SplicePump(b.Input, a.Output, this);
    }

    public async ValueTask<SpliceResult> RunAsync()
    {
        var aToB = RunAsync(_aToB, _bToA, SpliceSide.A, SpliceSide.B);
        var bToA = RunAsync(_bToA, _aToB, SpliceSide.B, SpliceSide.A);
        var there = await aToB;
        var back = await bToA;
        return new SpliceResult(there, back, _failed) { Error = _error };
    }

    public void Cancel()
    {
        _aToB.Stop(SpliceEnd.Canceled);
        _bToA.Stop(SpliceEnd.Canceled);
    }

    /// <summary>A byte moved; only counted while someone waits for silence.</summary>
    public void Touch()
    {
        if (Volatile.Read(ref _remaining) is not null)
        {
            Volatile.Write(ref _lastByte, _options.TimeProvider.GetTimestamp());
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _remaining = null;
            _timer?.Dispose();
        }
    }

    private async Task<SpliceDirection> RunAsync(SplicePump pump, SplicePump other, SpliceSide source, SpliceSide destination)
    {
        var direction = await pump.RunAsync();
        switch (direction.End)
        {
            case SpliceEnd.SourceFailed:
                Fail(source, direction.Error);
                other.Stop(SpliceEnd.Canceled);
                break;
            case SpliceEnd.DestinationFailed:
                Fail(destination, direction.Error);
                WatchSilence(other, _options.FailureDrainTimeout, SpliceEnd.Canceled);
                break;
            case SpliceEnd.Completed:
                WatchSilence(other, _options.HalfCloseTimeout, SpliceEnd.Idle);
                break;
            default:
                break;
        }

        return direction;
    }

    private void Fail(SpliceSide side, Exception? error)
    {
        lock (_gate)
        {
            if (_failed == SpliceSide.None)
            {
                _failed = side;
                _error = error;
            }
        }
    }

    private void WatchSilence(SplicePump remaining, TimeSpan limit, SpliceEnd end)
    {
        if (limit == Timeout.InfiniteTimeSpan)
        {
            return;
        }

        lock (_gate)
        {
            _idleLimit = limit;
            _idleEnd = end;
            _lastByte = _options.TimeProvider.GetTimestamp();
            _remaining = remaining;
            _timer ??= _options.TimeProvider.CreateTimer(static state => ((SpliceSession)state!).OnTimer(), this, limit, Timeout.InfiniteTimeSpan);
        }
    }

    private void OnTimer()
    {
        SplicePump? silent;
        lock (_gate)
        {
            silent = _remaining;
            if (silent is null)
            {
                return;
            }

            var left = _idleLimit - _options.TimeProvider.GetElapsedTime(Volatile.Read(ref _lastByte));
            if (left > TimeSpan.Zero)
            {
                _timer?.Change(left, Timeout.InfiniteTimeSpan);
                return;
            }
        }

        silent.Stop(_idleEnd);
    }
}
