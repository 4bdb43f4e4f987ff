using Microsoft.AspNetCore.Connections;

namespace Engine.Transports;

/// <summary>TLS as a decorator over any connection.</summary>
public static class TlsConnection
{
    /// <summary>Speaks TLS as a server on <paramref name="connection"/>, which the answer owns from then on.</summary>
    /// <exception cref="ConnectFailedException">The handshake failed; <paramref name="connection"/> is aborted.</exception>
    public static ValueTask<ConnectionContext> AuthenticateAsServerAsync(ConnectionContext connection, TlsServerOptions options, CancellationToken cancellationToken = default, TimeProvider? timeProvider = null) => throw new NotSupportedException();

    /// <summary>Speaks TLS as a client on <paramref name="connection"/>, which the answer owns from then on.</summary>
    /// <exception cref="ConnectFailedException">The handshake failed; <paramref name="connection"/> is aborted.</exception>
    public static ValueTask<ConnectionContext> AuthenticateAsClientAsync(ConnectionContext connection, TlsClientOptions options, CancellationToken cancellationToken = default, TimeProvider? timeProvider = null) => throw new NotSupportedException();
}
