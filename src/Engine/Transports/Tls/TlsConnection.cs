using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;

namespace Engine.Transports;

/// <summary>TLS as a decorator over any connection.</summary>
public static class TlsConnection
{
    /// <summary>Speaks TLS as a server on <paramref name="connection"/>, which the answer owns from then on.</summary>
    /// <exception cref="ConnectFailedException">The handshake failed; <paramref name="connection"/> is disposed.</exception>
    public static ValueTask<ConnectionContext> AuthenticateAsServerAsync(
        ConnectionContext connection, TlsServerOptions options, CancellationToken cancellationToken = default, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(options);
        return HandshakeAsync(
            new Handshake(connection, options.HandshakeTimeout, options.AllowMissingCloseNotify, null, null, timeProvider ?? TimeProvider.System),
            (tls, token) => tls.AuthenticateAsServerAsync(static (_, hello, state, _) => ValueTask.FromResult(ForServer((TlsServerOptions)state!, hello)), options, token),
            cancellationToken);
    }

    /// <summary>Speaks TLS as a client on <paramref name="connection"/>, which the answer owns from then on.</summary>
    /// <remarks>Without <see cref="TlsClientOptions.ServerName"/> the name is the address of the remote end point.</remarks>
    /// <exception cref="ConnectFailedException">The handshake failed; <paramref name="connection"/> is disposed.</exception>
    public static ValueTask<ConnectionContext> AuthenticateAsClientAsync(
        ConnectionContext connection, TlsClientOptions options, CancellationToken cancellationToken = default, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(connection);
        ArgumentNullException.ThrowIfNull(options);
        var serverName = options.ServerName ?? HostOf(connection.RemoteEndPoint);
        return AuthenticateAsClientAsync(connection, options, serverName, timeProvider ?? TimeProvider.System, cancellationToken);
    }

    internal static ValueTask<ConnectionContext> AuthenticateAsClientAsync(
        ConnectionContext connection, TlsClientOptions options, string serverName, TimeProvider time, CancellationToken cancellationToken)
    {
        // A fully qualified name's dot is no part of the name in a certificate (RFC 6066 §3).
        serverName = serverName.TrimEnd('.');
        var verdict = new TlsVerdict(options, serverName);
        return HandshakeAsync(
            new Handshake(connection, options.HandshakeTimeout, options.AllowMissingCloseNotify, serverName, verdict, time),
            (tls, token) => tls.AuthenticateAsClientAsync(ForClient(options, serverName, verdict), token),
            cancellationToken);
    }

    internal static string HostOf(EndPoint? endPoint) => endPoint switch
    {
        DnsEndPoint dns => dns.Host,
        IPEndPoint ip => ip.Address.ToString(),
        _ => "localhost",
    };

    private sealed record Handshake(
        ConnectionContext Connection, TimeSpan Timeout, bool AllowMissingCloseNotify, string? ServerName, TlsVerdict? Verdict, TimeProvider Time);

    private static async ValueTask<ConnectionContext> HandshakeAsync(
        Handshake handshake, Func<SslStream, CancellationToken, Task> authenticate, CancellationToken cancellationToken)
    {
        var connection = handshake.Connection;
        var below = new PipeStream(connection.Transport);

        // Left open, the stream below would be flushed when this is disposed, after the connection has ended; disposing it does nothing.
        var tls = new SslStream(below, leaveInnerStreamOpen: false);
        using var deadline = new CancellationTokenSource(handshake.Timeout, handshake.Time);
        using var link = cancellationToken.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), deadline);
        try
        {
            await authenticate(tls, deadline.Token);
            return new TlsTransportConnection(connection, tls, below, handshake.AllowMissingCloseNotify, handshake.Time);
        }
        catch (Exception exception)
        {
            await tls.DisposeAsync();
            if (exception is OperationCanceledException)
            {
                connection.Abort(new ConnectionAbortedException("The TLS handshake did not end in time or was cancelled."));
            }

            await connection.DisposeAsync();
            throw Failure(handshake, below, exception, cancellationToken);
        }
    }

    private static Exception Failure(Handshake handshake, PipeStream below, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is OperationCanceledException)
        {
            var peer = handshake.Connection.RemoteEndPoint;
            return cancellationToken.IsCancellationRequested
                ? new OperationCanceledException("The TLS handshake was cancelled.", exception, cancellationToken)
                : new ConnectFailedException(
                    ConnectFailure.TimedOut, peer, $"TLS with {handshake.ServerName ?? "a client"} ({peer}) failed: the handshake took longer than {handshake.Timeout.TotalSeconds:0.###} s.", exception);
        }

        return TlsErrors.TranslateHandshake(handshake.Connection.RemoteEndPoint, handshake.ServerName, handshake.Verdict, below, exception);
    }

    private static SslClientAuthenticationOptions ForClient(TlsClientOptions options, string serverName, TlsVerdict verdict)
    {
        var authentication = new SslClientAuthenticationOptions
        {
            TargetHost = serverName,
            EnabledSslProtocols = options.Protocols,
            ApplicationProtocols = options.ApplicationProtocols.Count > 0 ? [.. options.ApplicationProtocols] : null,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = verdict.Judge,
        };
        if (options.Roots is { } roots && !options.AddRootsToSystem)
        {
            var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(roots);
            authentication.CertificateChainPolicy = policy;
        }

        if (options.ClientCertificate is { } certificate)
        {
            authentication.ClientCertificateContext = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);
        }

        return authentication;
    }

    private static SslServerAuthenticationOptions ForServer(TlsServerOptions options, SslClientHelloInfo hello)
    {
        var name = string.IsNullOrEmpty(hello.ServerName) ? null : hello.ServerName;
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = options.CertificateSelector(name)
                ?? throw new AuthenticationException($"there is no certificate for {name ?? "a client that names no server"}"),
            EnabledSslProtocols = options.Protocols,
            ApplicationProtocols = options.ApplicationProtocols.Count > 0 ? [.. options.ApplicationProtocols] : null,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        };
    }
}
