using System.Collections.Concurrent;
using System.Net;
using Engine.Splicing;
using Engine.Transports;
using Engine.Tunnels;
using Microsoft.AspNetCore.Connections;

namespace Engine.Tests.Connectors;

/// <summary>An edge in memory: dials end here, each becomes a tunnel connection that a test can see and break.</summary>
internal sealed class MemoryEdge(TimeProvider time) : IConnectionFactory, ITunnelAuthenticator
{
    private readonly List<EdgeTunnelConnection> _connections = [];

    /// <summary>Addresses that refuse.</summary>
    public ConcurrentDictionary<EndPoint, bool> Down { get; } = new();

    /// <summary>Every dial in order.</summary>
    public ConcurrentQueue<EndPoint> Dials { get; } = new();

    /// <summary>The transports of the edge's side, in the order of their dials.</summary>
    public ConcurrentQueue<ConnectionContext> Transports { get; } = new();

    /// <summary>If set, connections go through a link that nothing crosses any more once this is cancelled.</summary>
    public CancellationToken? Cut { get; set; }

    /// <summary>What the edge says to a registration.</summary>
    public Func<TunnelRegistrationRequest, ValueTask<TunnelAuthentication>> Answer { get; set; } = _ => new(Accept());

    public EdgeTunnelConnection[] Connections
    {
        get
        {
            lock (_connections)
            {
                return [.. _connections];
            }
        }
    }

    public static TunnelAuthentication Accept(bool remote = false) => TunnelAuthentication.Accept(new ConnectionDetails(Guid.NewGuid(), "TEST", remote));

    /// <summary>The registered connection of an index, once there is one that still lives.</summary>
    public async Task<EdgeTunnelConnection> ConnectionAsync(int index = 0)
    {
        EdgeTunnelConnection? found = null;
        await Testing.Eventually.IsTrueAsync(
            () =>
            {
                foreach (var connection in Connections)
                {
                    found = connection.Registration.ConnectionIndex == index && !connection.Completion.IsCompleted ? connection : found;
                }

                return found is not null;
            },
            $"a registered connection {index}");
        return found!;
    }

    public ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        Dials.Enqueue(endpoint);
        if (Down.ContainsKey(endpoint))
        {
            return ValueTask.FromException<ConnectionContext>(new ConnectFailedException(ConnectFailure.Refused, endpoint, $"Could not connect to {endpoint}: connection refused."));
        }

        var (connector, edge) = MemoryConnection.CreatePair(new MemoryConnectionOptions { SecondEndPoint = endpoint });
        if (Cut is { } cut)
        {
            // A link between the two that can be cut without either end hearing of it.
            var (near, far) = MemoryConnection.CreatePair();
            _ = Splice.RunAsync(edge.Transport, near.Transport, null, cut);
            edge = far;
        }

        Transports.Enqueue(edge);
        _ = Task.Run(() => ServeAsync(edge), CancellationToken.None);
        return new(connector);
    }

    public async ValueTask<TunnelAuthentication> AuthenticateAsync(TunnelRegistrationRequest request, CancellationToken cancellationToken) =>
        await Answer(request).AsTask().WaitAsync(cancellationToken);

    private async Task ServeAsync(ConnectionContext transport)
    {
        if (await EdgeTunnelConnection.AcceptAsync(transport, this, new EdgeTunnelOptions { TimeProvider = time }) is { } connection)
        {
            lock (_connections)
            {
                _connections.Add(connection);
            }
        }
    }
}
