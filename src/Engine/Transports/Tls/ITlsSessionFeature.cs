using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Engine.Transports;

/// <summary>What a TLS handshake agreed on; on the features of every TLS connection.</summary>
public interface ITlsSessionFeature
{
    /// <summary>The protocol version.</summary>
    SslProtocols Protocol { get; }

    /// <summary>The server name that the client sent, or null.</summary>
    string? ServerName { get; }

    /// <summary>The application protocol, or the default value when none was negotiated.</summary>
    SslApplicationProtocol ApplicationProtocol { get; }

    /// <summary>The cipher suite's IANA name.</summary>
    string CipherSuite { get; }

    /// <summary>The peer's certificate, owned by the connection, or null.</summary>
    X509Certificate2? RemoteCertificate { get; }
}
