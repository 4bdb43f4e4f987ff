using System.Text;
using Engine.Edge;
using Engine.Ingress;
using Engine.Tunnels;

namespace Engine.Hosting.Configuration;

/// <summary>Reads which tunnels an edge admits and which names go to them.</summary>
/// <param name="options">Where they are added.</param>
/// <param name="faults">Where faults go.</param>
internal sealed class EdgeTunnelReader(EdgeOptions options, List<ConfigurationFault> faults)
{
    private readonly Dictionary<string, Guid> _byName = new(StringComparer.OrdinalIgnoreCase);

    public void ReadTunnels(MappingReader reader)
    {
        foreach (var item in reader.Mappings("tunnels", "Tunnel"))
        {
            if (ReadTunnel(item) is not { } tunnel)
            {
                continue;
            }

            options.Tunnels.Add(tunnel);
            if (!_byName.TryAdd(tunnel.Id.ToString(), tunnel.Id))
            {
                item.Report(item.Position, $"Tunnel {tunnel.Id} stands here a second time; keep one.");
            }
            else if (tunnel.Name is not null && !_byName.TryAdd(tunnel.Name, tunnel.Id))
            {
                item.Report(item.PositionOf("name"), $"Two tunnels are called '{tunnel.Name}'; change one of the names.");
            }
        }
    }

    public void ReadRoutes(MappingReader reader)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var item in reader.Mappings("routes", "Route"))
        {
            var hostname = item.String("hostname");
            var tunnel = item.String("tunnel");
            item.ReportUnknown();
            if (string.IsNullOrEmpty(hostname))
            {
                item.Report(item.Position, $"{item.Name("hostname")} is missing: a name such as 'app.example.com', '*.example.com', or '*' for every other one.");
            }
            else if (!IsHostname(hostname))
            {
                item.Report(item.PositionOf("hostname"), $"{item.Name("hostname")}: '{hostname}' is not a host name; write 'app.example.com', '*.example.com' or '*', without a port.");
            }
            else if (!seen.Add(hostname))
            {
                item.Report(item.PositionOf("hostname"), $"{item.Name("hostname")}: '{hostname}' stands in an earlier route; keep one.");
            }

            if (tunnel is null)
            {
                item.Report(item.Position, $"{item.Name("tunnel")} is missing: the name or id of one of 'tunnels'.");
            }
            else if (_byName.TryGetValue(tunnel, out var id))
            {
                options.Routes.Add(new EdgeRoute(hostname ?? "", id));
            }
            else
            {
                var position = item.PositionOf("tunnel");
                faults.Add(new ConfigurationFault(
                    $"{item.Name("tunnel")}: there is no tunnel '{tunnel}' among 'tunnels'.",
                    position.Line,
                    position.Column,
                    NearestName.Find(tunnel, _byName.Keys)));
            }
        }
    }

    private static bool IsHostname(string hostname) =>
        hostname == "*" || CanonicalName.FromText(hostname.StartsWith("*.", StringComparison.Ordinal) ? hostname[2..] : hostname) is not null;

    private static EdgeTunnel? ReadTunnel(MappingReader item)
    {
        var name = item.String("name") is { Length: > 0 } text ? text : null;
        var id = item.String("id");
        var account = item.String("accountTag");
        var secret = item.String("secret");
        var file = item.String("credentialsFile");
        var token = item.String("token");
        item.ReportUnknown();
        if ((secret is null ? 0 : 1) + (file is null ? 0 : 1) + (token is null ? 0 : 1) != 1)
        {
            item.Report(item.Position, $"{item.Name("secret")}: give one of 'secret' (with 'id'), 'credentialsFile' and 'token'.");
            return null;
        }

        return secret is not null ? FromSecret(item, name, id, account, secret) : FromCredentials(item, name, file, token);
    }

    private static EdgeTunnel? FromSecret(MappingReader item, string? name, string? id, string? account, string secret)
    {
        if (!Guid.TryParse(id, out var tunnelId))
        {
            item.Report(item.PositionOf("id"), $"{item.Name("id")} is a UUID such as '{Guid.Empty}'{(id is null ? " and is missing" : $", not '{id}'")}.");
            return null;
        }

        var octets = new byte[secret.Length];
        if (!Convert.TryFromBase64String(secret, octets, out var length) || length < 16)
        {
            item.Report(item.PositionOf("secret"), $"{item.Name("secret")} is base64 of at least 16 octets; 'openssl rand -base64 32' makes a good one.");
            return null;
        }

        return new EdgeTunnel(tunnelId, account ?? "", octets.AsMemory(0, length), name);
    }

    private static EdgeTunnel? FromCredentials(MappingReader item, string? name, string? file, string? token)
    {
        var key = file is null ? "token" : "credentialsFile";
        try
        {
            TunnelCredentials credentials;
            if (file is null)
            {
                credentials = TunnelCredentials.FromToken(token!);
            }
            else if (TextFile.TryRead(file, out var json, out var error))
            {
                credentials = TunnelCredentials.FromFile(Encoding.UTF8.GetBytes(json));
            }
            else
            {
                item.Report(item.PositionOf(key), $"{item.Name(key)}: {error}");
                return null;
            }

            return new EdgeTunnel(credentials.TunnelId, credentials.AccountTag, credentials.Secret, name);
        }
        catch (FormatException exception)
        {
            item.Report(item.PositionOf(key), $"{item.Name(key)}: {exception.Message}");
            return null;
        }
    }
}
