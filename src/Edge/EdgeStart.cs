using System.Net.Security;
using Engine.Edge.Certificates;
using Engine.Edge.Front;
using Engine.Edge.Listening;
using Engine.Edge.Registry;
using Engine.Edge.Requests;
using Engine.Edge.Routes;
using Engine.Transports;
using Microsoft.Extensions.Logging;

namespace Engine.Edge;

/// <summary>Makes the parts of an edge from its options, and finds what is wrong with those.</summary>
internal sealed class EdgeStart
{
    private readonly EdgeOptions _options;
    private readonly TimeProvider _time;

    public EdgeStart(EdgeOptions options, TimeProvider time)
    {
        _options = options;
        _time = time;
    }

    /// <summary>What all connections share.</summary>
    public EdgeServices CreateServices(ILogger log, CancellationToken cut)
    {
        CheckLocation();
        CheckTunnels();
        var routes = new RouteTable(_options.Routes);
        var sampler = new LogSampler(log, _time);
        return new EdgeServices
        {
            Routes = routes,
            Registry = new TunnelRegistry(),
            TraceIds = new TraceId(_options.Location),
            Limits = _options.Limits,
            Time = _time,
            Log = log,
            Sampler = sampler,
            Visitors = new VisitorBook(_options.Limits),
            Stalls = new StallWatch(_options.Limits, _time, sampler),
            Cut = cut,
        };
    }

    /// <summary>The authority, and the file that its certificate is in.</summary>
    public (CertificateAuthority Authority, string? Path) OpenAuthority()
    {
        var now = _time.GetUtcNow();
        if (_options.DataFolder is null)
        {
            return (CertificateAuthority.Create(now), null);
        }

        var folder = DataFolder.Open(_options.DataFolder);
        return (CertificateAuthority.Open(folder, now), folder.PathOf(CertificateAuthority.CertificateFile));
    }

    /// <summary>TLS towards connectors: they offer no application protocol.</summary>
    public TlsServerOptions TunnelTls(CertificateAuthority authority)
    {
        var certificate = new IssuedCertificate(authority, IssuedCertificate.TunnelNames(_options.TunnelServerNames), _time);
        return new TlsServerOptions
        {
            CertificateSelector = _ => certificate.Current,
            HandshakeTimeout = _options.Limits.HandshakeTimeout,
        };
    }

    /// <summary>The certificates for visitors.</summary>
    public CertificateFiles VisitorCertificates(CertificateAuthority authority, ILogger log) =>
        new([.. _options.Certificates], new IssuedCertificate(authority, DevelopmentNames(), _time), _time, log);

    /// <summary>TLS towards visitors.</summary>
    public TlsServerOptions VisitorTls(CertificateFiles certificates)
    {
        return new TlsServerOptions
        {
            CertificateSelector = certificates.Select,
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
            HandshakeTimeout = _options.Limits.HandshakeTimeout,
        };
    }

    private List<string> DevelopmentNames()
    {
        List<string> names = ["localhost", "127.0.0.1", "::1"];
        foreach (var route in _options.Routes)
        {
            if (route.Hostname != "*" && !names.Contains(route.Hostname))
            {
                names.Add(route.Hostname);
            }
        }

        return names;
    }

    private void CheckLocation()
    {
        var isWord = _options.Location.Length is > 0 and <= 16;
        foreach (var character in _options.Location)
        {
            isWord &= char.IsAsciiLetterOrDigit(character);
        }

        if (!isWord)
        {
            throw new EdgeConfigurationException($"The location '{_options.Location}' must be 1 to 16 letters and digits.");
        }
    }

    private void CheckTunnels()
    {
        var known = new HashSet<Guid>();
        foreach (var tunnel in _options.Tunnels)
        {
            known.Add(tunnel.Id);
        }

        foreach (var route in _options.Routes)
        {
            if (!known.Contains(route.TunnelId))
            {
                throw new EdgeConfigurationException($"The route '{route.Hostname}' goes to tunnel {route.TunnelId}, which is not listed. Add the tunnel or remove the route.");
            }
        }
    }
}
