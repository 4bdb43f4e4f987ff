namespace Engine.Http2.Connections;

/// <summary>Everything on a connection that is late: the one timer it has.</summary>
/// <remarks>Its fields are guarded by the connection's gate. Ticks come from the clock's threads.</remarks>
internal sealed class Liveness : IDisposable
{
    // A peer that does not read for this long while it makes us answer is not slow but hostile, or gone.
    private static readonly TimeSpan BacklogLimit = TimeSpan.FromSeconds(15);

    private readonly Http2Connection _connection;
    private readonly Http2ConnectionOptions _options;
    private readonly TimeProvider _clock;
    private readonly long _start;
    private ITimer? _timer;
    private long _lastReceived;
    private long _idleSince;
    private long _pingSent;
    private long _blockSince;
    private long _backlogSince;
    private bool _awaitsPing;

    public Liveness(Http2Connection connection, Http2ConnectionOptions options)
    {
        _connection = connection;
        _options = options;
        _clock = options.TimeProvider;
        _start = _lastReceived = _idleSince = _clock.GetTimestamp();
    }

    /// <summary>Whether the receive loop waits until the peer reads.</summary>
    public bool IsBacklogFull => Volatile.Read(ref _backlogSince) != 0;

    /// <summary>Starts the timer, at a quarter of the shortest time-out and at least each second.</summary>
    public void Start()
    {
        var period = TimeSpan.FromSeconds(1);
        foreach (var timeout in (ReadOnlySpan<TimeSpan>)[_options.KeepAliveInterval, _options.KeepAliveTimeout, _options.SettingsTimeout, _options.IdleTimeout])
        {
            if (timeout > TimeSpan.Zero && timeout / 4 < period)
            {
                period = timeout / 4;
            }
        }

        _timer = _clock.CreateTimer(static liveness => ((Liveness)liveness!).Tick(), this, period, period);
    }

    /// <summary>Octets arrived, whatever they mean: the peer lives.</summary>
    public void Received()
    {
        _lastReceived = _clock.GetTimestamp();
        _awaitsPing = false;
    }

    /// <summary>A field block was begun, or ended.</summary>
    public void BlockIsOpen(bool isOpen) => _blockSince = isOpen ? _clock.GetTimestamp() : 0;

    /// <summary>A stream was opened or ended: the connection is in use.</summary>
    public void Used() => _idleSince = _clock.GetTimestamp();

    /// <summary>The receive loop waits until the peer reads, or goes on.</summary>
    public void BacklogIsFull(bool isFull)
    {
        _backlogSince = isFull ? _clock.GetTimestamp() : 0;
        _lastReceived = _clock.GetTimestamp(); // Not reading, we can't know better.
    }

    public void Dispose() => _timer?.Dispose();

    private void Tick()
    {
        Http2ConnectionEnd? end;
        lock (_connection.Gate)
        {
            end = _connection.HasEnded ? null : Judge();
        }

        if (end is not null)
        {
            // Whoever did not answer a PING or does not read will not take a GOAWAY either.
            _connection.Conclude(end, abort: end.EndedBy == Http2EndedBy.Transport);
        }

        _connection.Leave();
    }

    private Http2ConnectionEnd? Judge()
    {
        _connection.Drain.Tick();
        LiftShares();
        return JudgeSettings() ?? JudgeBacklog() ?? JudgeKeepAlive() ?? JudgeIdle();
    }

    private Http2ConnectionEnd? JudgeSettings()
    {
        var limit = _options.SettingsTimeout;
        if (limit <= TimeSpan.Zero)
        {
            return null;
        }

        if (_blockSince != 0 && _clock.GetElapsedTime(_blockSince) >= limit)
        {
            return Local(Http2ErrorCode.EnhanceYourCalm, "a field block was begun and not ended in time");
        }

        if (_clock.GetElapsedTime(_start) < limit)
        {
            return null;
        }

        if (!_connection.Settings.IsReceived)
        {
            return Local(Http2ErrorCode.ProtocolError, "the peer sent no SETTINGS in time");
        }

        return _connection.Settings.IsAcknowledged ? null : Local(Http2ErrorCode.SettingsTimeout, "the peer did not acknowledge SETTINGS in time");
    }

    private Http2ConnectionEnd? JudgeBacklog() =>
        _backlogSince != 0 && _clock.GetElapsedTime(_backlogSince) >= BacklogLimit
            ? Transport("The peer keeps asking and does not read the answers.")
            : null;

    private Http2ConnectionEnd? JudgeKeepAlive()
    {
        if (_options.KeepAliveInterval <= TimeSpan.Zero || _backlogSince != 0)
        {
            return null;
        }

        if (_awaitsPing)
        {
            return _clock.GetElapsedTime(_pingSent) >= _options.KeepAliveTimeout
                ? Transport("The peer did not answer a PING: the connection is half-open.")
                : null;
        }

        if (_clock.GetElapsedTime(_lastReceived) >= _options.KeepAliveInterval)
        {
            _awaitsPing = true;
            _pingSent = _clock.GetTimestamp();
            _connection.Pings.Send();
        }

        return null;
    }

    private Http2ConnectionEnd? JudgeIdle()
    {
        if (_options.IdleTimeout > TimeSpan.Zero && _connection.ActiveStreamCount == 0 && _clock.GetElapsedTime(_idleSince) >= _options.IdleTimeout)
        {
            _connection.Drain.Begin(Http2ErrorCode.NoError);
        }

        return null;
    }

    private void LiftShares()
    {
        if (_connection.Share.MayLift)
        {
            foreach (var stream in _connection.OpenStreams())
            {
                stream.Output.LiftShare();
            }
        }
    }

    private static Http2ConnectionEnd Local(Http2ErrorCode code, string reason) => new(Http2EndedBy.Local, code, reason);

    private static Http2ConnectionEnd Transport(string reason) =>
        new(Http2EndedBy.Transport, Http2ErrorCode.NoError, reason, new TimeoutException(reason));
}
