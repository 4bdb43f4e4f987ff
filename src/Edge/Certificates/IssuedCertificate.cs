using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Engine.Edge.Certificates;

/// <summary>A server certificate of our own authority that is issued again before it runs out, without a restart and without a timer.</summary>
/// <remarks>Thread-safe: handshakes ask for <see cref="Current"/> from any thread. A replaced certificate is left to the collector, handshakes may still hold it.</remarks>
internal sealed class IssuedCertificate
{
    // A third of the life is left when it is replaced, so that a clock that is days off still sees a valid one.
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(90);
    private static readonly TimeSpan RenewBefore = TimeSpan.FromDays(30);

    private readonly CertificateAuthority _authority;
    private readonly IReadOnlyList<string> _names;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private SslStreamCertificateContext? _current;
    private DateTimeOffset _renewAt;

    public IssuedCertificate(CertificateAuthority authority, IReadOnlyList<string> names, TimeProvider time)
    {
        _authority = authority;
        _names = names;
        _time = time;
    }

    /// <summary>The certificate for a handshake that starts now.</summary>
    public SslStreamCertificateContext Current
    {
        get
        {
            lock (_lock)
            {
                var now = _time.GetUtcNow();
                if (_current is null || now >= _renewAt)
                {
                    _current = SslStreamCertificateContext.Create(
                        _authority.IssueServer(_names, now, Lifetime),
                        additionalCertificates: new X509Certificate2Collection(_authority.Certificate),
                        offline: true);
                    _renewAt = now + (Lifetime - RenewBefore);
                }

                return _current;
            }
        }
    }

    /// <summary>The names that stock connectors verify (each transport and the start-up probe has its own), our machine's, and the configured ones.</summary>
    public static IReadOnlyList<string> TunnelNames(IEnumerable<string> configured)
    {
        List<string> names = ["h2.cftunnel.com", "quic.cftunnel.com", "probe.cftunnel.com", "localhost", "127.0.0.1", "::1"];
        foreach (var name in configured)
        {
            if (!names.Exists(known => string.Equals(known, name, StringComparison.OrdinalIgnoreCase)))
            {
                names.Add(name);
            }
        }

        return names;
    }
}
