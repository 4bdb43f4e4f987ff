using System.Net;
using Engine.Transports;
using Engine.Tunnels;
using Microsoft.AspNetCore.Connections;

namespace Engine;

/// <summary>Dials an edge address and begins the registration.</summary>
internal sealed class ConnectorDialer(TunnelCredentials credentials, IConnectionFactory transport, ConnectorOptions options)
{
    /// <summary>A connection to the edge; the caller owns it.</summary>
    /// <exception cref="ConnectFailedException">There is none within the dial time-out.</exception>
    public async Task<ConnectionContext> DialAsync(EndPoint address, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(options.DialTimeout, options.TimeProvider);
        using var link = cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), deadline);
        try
        {
            return await transport.ConnectAsync(address, deadline.Token);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ConnectFailedException(
                ConnectFailure.TimedOut, address, $"Could not connect to {address}: no connection within {options.DialTimeout.TotalSeconds:0.###} s.", exception);
        }
    }

    /// <summary>Begins to serve a connection, which the answer owns from then on.</summary>
    public TunnelConnection Start(ConnectionContext connection, int index, int previousAttempts) => TunnelConnection.Start(
        connection,
        new TunnelRegistration
        {
            Credentials = credentials,
            ConnectorId = options.ConnectorId,
            ConnectionIndex = index,
            Version = options.Version,
            Features = options.Features,
            LocalAddress = options.LocalAddress,
            PreviousAttempts = Math.Min(previousAttempts, byte.MaxValue),
        },
        new TunnelConnectionOptions
        {
            OnConfiguration = options.OnConfiguration,
            TimeProvider = options.TimeProvider,
            LoggerFactory = options.LoggerFactory,
        });
}
