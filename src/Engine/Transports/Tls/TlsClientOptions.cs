using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Engine.Transports;

/// <summary>What a TLS client asks for and whom it trusts.</summary>
public sealed class TlsClientOptions
{
    /// <summary>The name to send (SNI) and to find in the certificate. Null: the host of the end point that is dialled.</summary>
    public string? ServerName { get; set; }

    /// <summary>Trusted roots. Null: the system's pool.</summary>
    public X509Certificate2Collection? Roots { get; set; }

    /// <summary>Trust <see cref="Roots"/> and the system's pool. Default false: <see cref="Roots"/> alone.</summary>
    public bool AddRootsToSystem { get; set; }

    /// <summary>Take any certificate. Default false.</summary>
    public bool SkipVerification { get; set; }

    /// <summary>Application protocols to offer, in order of preference. Empty: the extension is not sent.</summary>
    public IReadOnlyList<SslApplicationProtocol> ApplicationProtocols { get; set; } = [];

    /// <summary>Certificate that the client presents when the server asks for one.</summary>
    public X509Certificate2? ClientCertificate { get; set; }

    /// <summary>Versions that may be agreed on. Default 1.3 and 1.2.</summary>
    public SslProtocols Protocols { get; set; } = SslProtocols.Tls13 | SslProtocols.Tls12;

    /// <summary>Time for the handshake. Default 10 s.</summary>
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Take the end of the connection without close_notify for a clean end. Default false: it is a truncation (RFC 8446 §6.1) and
    /// reads throw <see cref="Microsoft.AspNetCore.Connections.ConnectionResetException"/>.
    /// </summary>
    public bool AllowMissingCloseNotify { get; set; }
}
