using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Engine.Hosting.Settings;
using Engine.Ingress;
using Engine.Origins;

namespace Engine.Hosting.Configuration;

/// <summary>Which edges are dialled, from where, and whom they have to prove to be.</summary>
/// <param name="values">The settings in force.</param>
/// <param name="faults">Where faults go.</param>
/// <param name="warnings">Where warnings go.</param>
internal sealed class EdgeSource(SettingValues values, List<ConfigurationFault> faults, List<ConfigurationFault> warnings)
{
    /// <summary>The port that edges listen on unless told otherwise.</summary>
    private const int DefaultPort = 7844;

    private readonly IPAddress? _bindAddress = ReadBindAddress(values);

    /// <summary>The local address to dial from, or null.</summary>
    public IPAddress? BindAddress => _bindAddress;

    /// <summary>Whether an edge is named at all.</summary>
    public bool IsNamed => values.List("edge").Count > 0;

    /// <summary>The edges. Names stay names: they are looked up at every dial, so that a changed address is followed.</summary>
    public IReadOnlyList<EndPoint> EndPoints()
    {
        CheckProtocol();
        var family = values.Word("edge-ip-version", "auto", "auto", "4", "6") switch
        {
            "4" => AddressFamily.InterNetwork,
            "6" => AddressFamily.InterNetworkV6,
            _ => AddressFamily.Unspecified,
        };
        if (family == AddressFamily.Unspecified && _bindAddress is { } local)
        {
            family = local.AddressFamily;
        }

        var endPoints = new List<EndPoint>();
        foreach (var text in values.List("edge").SelectMany(texts => texts.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)))
        {
            var value = values.Find("edge")!;
            if (!Authority.TryParse(text, out var host, out var port))
            {
                values.Report(value, $"{value.Where}: '{text}' is not HOST or HOST:PORT; write for example 'edge.example.com:{DefaultPort}' or '[2001:db8::1]:{DefaultPort}'.");
            }
            else if (!IPAddress.TryParse(host, out var address))
            {
                endPoints.Add(new DnsEndPoint(host, port ?? DefaultPort, family));
            }
            else if (family != AddressFamily.Unspecified && address.AddressFamily != family)
            {
                values.Report(value, $"{value.Where}: '{text}' is not of the family that --edge-ip-version or --edge-bind-address allows; change one of them.");
            }
            else
            {
                endPoints.Add(new IPEndPoint(address, port ?? DefaultPort));
            }
        }

        return endPoints;
    }

    public X509Certificate2Collection? Authorities()
    {
        if (values.Find("cacert") is not { Text.Length: > 0 } value)
        {
            return null;
        }

        if (PemFile.TryRead(value.Text, out var certificates, out var error))
        {
            return certificates;
        }

        values.Report(value, $"{value.Where}: {error}");
        return null;
    }

    private static IPAddress? ReadBindAddress(SettingValues values)
    {
        if (values.Find("edge-bind-address") is not { Text.Length: > 0 } value)
        {
            return null;
        }

        if (IPAddress.TryParse(value.Text, out var address))
        {
            return address;
        }

        values.Report(value, $"{value.Where} is an IP address of this machine, not '{value.Text}'.");
        return null;
    }

    private void CheckProtocol()
    {
        if (values.Find("protocol") is not { Text.Length: > 0 } value)
        {
            return;
        }

        switch (value.Text.ToLowerInvariant())
        {
            case "auto" or "http2":
                break;
            case "h2mux":
                warnings.Add(new ConfigurationFault($"{value.Where}: 'h2mux' is no more; http2 is used.", value.Position.Line, value.Position.Column));
                break;
            case "quic":
                values.Report(value, $"{value.Where}: 'quic' is not yet supported by this version; write 'http2' or 'auto'.");
                break;
            default:
                faults.Add(new ConfigurationFault(
                    $"{value.Where} is 'http2' or 'auto', not '{value.Text}'.",
                    value.Position.Line,
                    value.Position.Column,
                    NearestName.Find(value.Text, ["auto", "http2"])));
                break;
        }
    }
}
