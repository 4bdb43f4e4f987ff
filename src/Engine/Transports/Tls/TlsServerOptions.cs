using System.Net.Security;
using System.Security.Authentication;

namespace Engine.Transports;

/// <summary>What a TLS server presents and accepts.</summary>
public sealed class TlsServerOptions
{
    /// <summary>
    /// Chooses the certificate by the server name that the client sent (null: it sent none). Null as the answer refuses the
    /// handshake. Called once a handshake, possibly on several threads.
    /// </summary>
    /// <remarks>Build a <see cref="SslStreamCertificateContext"/> once and keep it: it carries the chain and resumption state.</remarks>
    public required Func<string?, SslStreamCertificateContext?> CertificateSelector { get; set; }

    /// <summary>Application protocols, in order of preference. Empty: none is negotiated.</summary>
    public IReadOnlyList<SslApplicationProtocol> ApplicationProtocols { get; set; } = [];

    /// <summary>Versions that may be agreed on. Default 1.3 and 1.2.</summary>
    public SslProtocols Protocols { get; set; } = SslProtocols.Tls13 | SslProtocols.Tls12;

    /// <summary>Time for the handshake, counted from the accept. Default 10 s.</summary>
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Handshakes that may run at a time; more wait in the listener's backlog. Default 1024.</summary>
    public int MaxConcurrentHandshakes { get; set; } = 1024;

    /// <summary>Take the end of the connection without close_notify for a clean end. Default false: it is a truncation (RFC 8446 §6.1).</summary>
    public bool AllowMissingCloseNotify { get; set; }
}
