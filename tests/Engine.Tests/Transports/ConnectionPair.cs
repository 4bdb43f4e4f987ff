using Microsoft.AspNetCore.Connections;

namespace Engine.Tests.Transports;

/// <summary>Two connected ends and what has to be disposed with them.</summary>
public sealed class ConnectionPair(ConnectionContext client, ConnectionContext server, params IAsyncDisposable[] others) : IAsyncDisposable
{
    public ConnectionContext Client { get; } = client;

    public ConnectionContext Server { get; } = server;

    public async ValueTask DisposeAsync()
    {
        Client.Abort();
        Server.Abort();
        await Client.DisposeAsync();
        await Server.DisposeAsync();
        foreach (var other in others)
        {
            await other.DisposeAsync();
        }
    }
}
