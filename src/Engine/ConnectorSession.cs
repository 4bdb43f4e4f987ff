using Engine.Tunnels;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Engine;

/// <summary>One registered life of a connection: accepts streams, waits for the edge's answer, for the end or for the stop, and drains.</summary>
/// <remarks>Owns the tunnel connection. Streams that outlive it fail by themselves, and are waited for by the connector.</remarks>
internal sealed class ConnectorSession(
    int index, string ip, TunnelConnection tunnel, ConnectorStreams streams, ConnectorOptions options, ConnectorLifetime lifetime, ILogger logger)
{
    private int _isSending;
    private int _sendAgain;

    public async Task<ConnectorAttemptEnd> RunAsync(Action<ConnectionDetails> onRegistered, Action onDraining)
    {
        await using var owned = tunnel;
        _ = AcceptAsync();
        using var cut = lifetime.Cutting.UnsafeRegister(
            static state => ((TunnelConnection)state!).Abort(new ConnectionAbortedException("The connector stops.")), tunnel);
        ConnectionDetails details;
        try
        {
            details = await tunnel.Registered.WaitAsync(lifetime.Stopping);
        }
        catch (RegistrationRefusedException refusal)
        {
            return ConnectorAttemptEnd.Refused(ip, refusal);
        }
        catch (Exception exception)
        {
            return ConnectorAttemptEnd.DialFailed(ip, exception);
        }

        ConnectorLog.Registered(logger, index, details.Id, 0, ip, details.Location, "http2");
        onRegistered(details);
        SendLocalConfiguration();
        if (!await EndsBeforeStopAsync())
        {
            onDraining();
            await DrainAsync();
        }

        var end = await tunnel.Completion;
        ConnectorLog.Closed(logger, index, 0, ip, end.Reason);
        return ConnectorAttemptEnd.Lost(ip, end.Reason);
    }

    /// <summary>Sends the local configuration if this connection is the one to do it. One call runs at a time; a change during it is sent after it.</summary>
    public void SendLocalConfiguration()
    {
        if (index != 0 || options.LocalConfiguration is null || !tunnel.Registered.IsCompletedSuccessfully || tunnel.Details.IsRemotelyManaged)
        {
            return;
        }

        Volatile.Write(ref _sendAgain, 1);
        if (Interlocked.Exchange(ref _isSending, 1) == 0)
        {
            _ = SendLocalConfigurationAsync(options.LocalConfiguration);
        }
    }

    private async Task SendLocalConfigurationAsync(Func<ReadOnlyMemory<byte>> configuration)
    {
        do
        {
            try
            {
                while (Interlocked.Exchange(ref _sendAgain, 0) != 0)
                {
                    await tunnel.UpdateLocalConfigurationAsync(configuration(), lifetime.Stopping);
                }
            }
            catch (Exception exception)
            {
                if (!lifetime.IsStopping && !tunnel.Completion.IsCompleted)
                {
                    ConnectorLog.LocalConfigurationFailed(logger, index, 0, exception.Message);
                }
            }

            Volatile.Write(ref _isSending, 0);
        }
        while (Volatile.Read(ref _sendAgain) != 0 && Interlocked.Exchange(ref _isSending, 1) == 0);
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (await tunnel.AcceptAsync() is { } stream)
            {
                // Runs inline until it first waits; ends by itself and never throws.
                _ = streams.RunAsync(stream);
            }
        }
        catch (Exception exception)
        {
            ConnectorLog.Closed(logger, index, 0, ip, exception.Message);
        }
    }

    private async Task<bool> EndsBeforeStopAsync()
    {
        try
        {
            await tunnel.Completion.WaitAsync(lifetime.Stopping);
            return true;
        }
        catch (OperationCanceledException)
        {
            return tunnel.Completion.IsCompleted;
        }
    }

    private async Task DrainAsync()
    {
        try
        {
            await tunnel.UnregisterAsync(lifetime.Cutting);
            ConnectorLog.Unregistered(logger, index, 0, ip);
        }
        catch (Exception exception)
        {
            ConnectorLog.UnregisterFailed(logger, index, 0, ip, exception.Message);
        }

        try
        {
            await tunnel.Completion.WaitAsync(lifetime.Cutting);
        }
        catch (OperationCanceledException)
        {
            if (tunnel.ActiveStreams > 0)
            {
                ConnectorLog.GraceOver(logger, index, 0, ip, tunnel.ActiveStreams);
            }
        }
    }
}
