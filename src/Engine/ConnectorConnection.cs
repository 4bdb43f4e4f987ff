using System.Net;
using Engine.Tunnels;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Engine;

/// <summary>One of a connector's connections: dials, registers, serves, and begins again, until the connector stops or the edge refuses for good.</summary>
/// <remarks>Its loop runs on whatever thread completes what it awaits. <see cref="Status"/> and <see cref="SendLocalConfiguration"/> may be used from any thread.</remarks>
internal sealed class ConnectorConnection
{
    private readonly int _index;
    private readonly ConnectorDialer _dialer;
    private readonly ConnectorAddresses _addresses;
    private readonly ConnectorStreams _streams;
    private readonly ConnectorOptions _options;
    private readonly ConnectorLifetime _lifetime;
    private readonly ConnectorRetry _retry;
    private readonly ILogger _logger;
    private ConnectorConnectionStatus _status;
    private ConnectorSession? _session;

    public ConnectorConnection(
        int index, ConnectorDialer dialer, ConnectorAddresses addresses, ConnectorStreams streams, ConnectorOptions options, ConnectorLifetime lifetime)
    {
        _index = index;
        _dialer = dialer;
        _addresses = addresses;
        _streams = streams;
        _options = options;
        _lifetime = lifetime;
        _retry = new ConnectorRetry(options.TimeProvider, options.Random);
        _logger = options.LoggerFactory?.CreateLogger<Connector>() ?? (ILogger)NullLogger.Instance;
        _status = new ConnectorConnectionStatus(index, ConnectorConnectionState.Idle, null, null, null, options.TimeProvider.GetUtcNow(), 0, null);
    }

    public ConnectorConnectionStatus Status => Volatile.Read(ref _status);

    /// <summary>Tells the edge, in the background, which configuration is in force; nothing when it does not want to know.</summary>
    public void SendLocalConfiguration() => Volatile.Read(ref _session)?.SendLocalConfiguration();

    public async Task RunAsync()
    {
        if (_index > 0 && !await _lifetime.FirstRegistration)
        {
            Set(ConnectorConnectionState.Stopped);
            return;
        }

        var entry = _addresses.Take(_index);
        while (!_lifetime.IsStopping)
        {
            var end = await AttemptAsync(entry);
            if (_lifetime.IsStopping)
            {
                break;
            }

            if (end.Refusal is { Retry: RetryAdvice.Never } refusal)
            {
                ConnectorLog.RefusedForGood(_logger, _index, 0, end.Ip, refusal.Cause);
                Set(ConnectorConnectionState.Refused, error: refusal.Message);
                _lifetime.OnRefused(_index, refusal);
                _addresses.Release(entry);
                return;
            }

            await WaitAsync(end);
            if (end.WantsOtherAddress)
            {
                var failed = entry;
                _addresses.Release(failed);
                entry = _addresses.Take(_index, avoid: failed);
            }
        }

        _addresses.Release(entry);
        Set(ConnectorConnectionState.Stopped);
    }

    // Never throws: whatever goes wrong in one attempt is a reason for the next one.
    private async Task<ConnectorAttemptEnd> AttemptAsync(int entry)
    {
        var address = _addresses[entry];
        var ip = Format(address);
        ConnectionContext transport;
        try
        {
            Set(ConnectorConnectionState.Connecting, address);
            transport = await _dialer.DialAsync(address, _lifetime.Stopping);
        }
        catch (Exception exception)
        {
            return ConnectorAttemptEnd.DialFailed(ip, exception);
        }

        try
        {
            ip = transport.RemoteEndPoint is IPEndPoint remote ? remote.Address.ToString() : ip;
            Set(ConnectorConnectionState.Registering, address);
            var session = new ConnectorSession(_index, ip, _dialer.Start(transport, _index, _retry.Failures), _streams, _options, _lifetime, _logger);
            Volatile.Write(ref _session, session);
            var end = await session.RunAsync(OnRegistered, () => Set(ConnectorConnectionState.Draining));
            return end;
        }
        catch (Exception exception)
        {
            ConnectorLog.LoopFailed(_logger, _index, exception);
            transport.Abort(new ConnectionAbortedException("The connection could not be served.", exception));
            return ConnectorAttemptEnd.DialFailed(ip, exception);
        }
        finally
        {
            Volatile.Write(ref _session, null);
        }
    }

    private void OnRegistered(ConnectionDetails details)
    {
        _retry.OnReady();
        var status = Status;
        Publish(status with
        {
            State = ConnectorConnectionState.Ready,
            ConnectionId = details.Id,
            Location = details.Location,
            Since = _options.TimeProvider.GetUtcNow(),
            FailedAttempts = 0,
            LastError = null,
        });
        if (_index == 0)
        {
            _lifetime.OnRegistered();
        }
    }

    private async Task WaitAsync(ConnectorAttemptEnd end)
    {
        if (end.WasReady)
        {
            _retry.OnLost();
        }

        var (wait, upTo) = _retry.Next(end.Refusal is { IsAnswer: true, Retry: not RetryAdvice.Now }, end.Refusal?.RetryAfter ?? TimeSpan.Zero);
        Report(end, upTo);
        var waiting = Task.Delay(wait, _options.TimeProvider, _lifetime.Stopping);
        Set(ConnectorConnectionState.Waiting, error: end.Reason); // Told when it is true: the clock of the wait runs.
        try
        {
            await waiting;
        }
        catch (OperationCanceledException)
        {
            // The connector stops.
        }
    }

    // The first failure is told; what fails again the same way, several times a second, only to who debugs.
    private void Report(ConnectorAttemptEnd end, TimeSpan upTo)
    {
        var isNews = _retry.Failures == 1 || upTo >= TimeSpan.FromSeconds(1);
        if (!isNews)
        {
            ConnectorLog.FailedAgain(_logger, _index, 0, end.Ip, end.Reason);
            ConnectorLog.RetryingAgain(_logger, Duration(upTo), _index, 0, end.Ip);
            return;
        }

        if (end.Refusal is { } refusal)
        {
            ConnectorLog.Refused(_logger, _index, 0, end.Ip, refusal.Cause);
        }
        else if (end.WasReady)
        {
            ConnectorLog.Lost(_logger, _index, 0, end.Ip, end.Reason);
        }
        else
        {
            ConnectorLog.DialFailed(_logger, _index, 0, end.Ip, end.Reason);
        }

        ConnectorLog.Retrying(_logger, Duration(upTo), _index, 0, end.Ip);
    }

    private void Set(ConnectorConnectionState state, EndPoint? edge = null, string? error = null)
    {
        var status = Status;
        Publish(status with
        {
            State = state,
            Edge = edge ?? status.Edge,
            ConnectionId = state == ConnectorConnectionState.Draining ? status.ConnectionId : null,
            Location = state == ConnectorConnectionState.Draining ? status.Location : null,
            Since = _options.TimeProvider.GetUtcNow(),
            FailedAttempts = _retry.Failures,
            LastError = error ?? status.LastError,
        });
    }

    private void Publish(ConnectorConnectionStatus status)
    {
        Volatile.Write(ref _status, status);
        try
        {
            _options.OnStatusChanged?.Invoke(status);
        }
        catch (Exception exception)
        {
            ConnectorLog.ObserverFailed(_logger, _index, exception);
        }
    }

    private static string Format(EndPoint address) => address switch
    {
        IPEndPoint ip => ip.Address.ToString(),
        DnsEndPoint dns => $"{dns.Host}:{dns.Port}",
        _ => address.ToString() ?? "",
    };

    // As Go writes it: 500ms, 4s.
    private static string Duration(TimeSpan time) =>
        time < TimeSpan.FromSeconds(1) ? $"{(int)time.TotalMilliseconds}ms" : $"{time.TotalSeconds:0.###}s";
}
