namespace Engine.Transports;

/// <summary>Which part of a TLS handshake failed.</summary>
public enum TlsFailureReason
{
    /// <summary>TLS did not fail.</summary>
    None,

    /// <summary>The certificate's chain does not end at a trusted root.</summary>
    UntrustedRoot,

    /// <summary>The certificate is for other names than the one that was asked for.</summary>
    NameMismatch,

    /// <summary>The certificate, or one above it, is expired or not valid yet.</summary>
    Expired,

    /// <summary>The certificate was revoked, or is not fit for this use.</summary>
    BadCertificate,

    /// <summary>The peers have no protocol version, cipher or application protocol in common, or the peer does not speak TLS.</summary>
    Protocol,
}
