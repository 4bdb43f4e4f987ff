using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Engine.Origins;

/// <summary>Reads the <c>service</c> of a rule.</summary>
internal static class ServiceParser
{
    public static Origin? Parse(string service, OriginOptions options, out string? error)
    {
        error = null;
        if (service.Length == 0)
        {
            error = "the service is missing; write for example 'http://localhost:8000'.";
            return null;
        }

        if (options.BastionMode || service == OriginScheme.Bastion)
        {
            return new Origin(service, OriginScheme.Bastion, options);
        }

        // "unix+tls:" and "unix:" come before URLs: what follows is a path, whatever it looks like.
        if (TryCut(service, "unix+tls:", out var path))
        {
            return UnixSocket(service, path, OriginScheme.UnixTls, options, out error);
        }

        if (TryCut(service, "unix:", out path))
        {
            return UnixSocket(service, path, OriginScheme.Unix, options, out error);
        }

        if (TryCut(service, "http_status:", out var status))
        {
            return Status(service, status, options, out error);
        }

        return service switch
        {
            "hello_world" or "hello-world" => new Origin(service, OriginScheme.HelloWorld, options),
            OriginScheme.SocksProxy => new Origin(service, OriginScheme.SocksProxy, options),
            _ => Url(service, options, out error),
        };
    }

    private static bool TryCut(string service, string prefix, out string rest)
    {
        var matches = service.StartsWith(prefix, StringComparison.Ordinal);
        rest = matches ? service[prefix.Length..] : "";
        return matches;
    }

    private static Origin? UnixSocket(string service, string path, string scheme, OriginOptions options, out string? error)
    {
        error = null;
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
        {
            error = $"service '{service}' names no socket; write for example '{scheme}:/run/app.sock'.";
            return null;
        }

        try
        {
            return new Origin(service, scheme, options)
            {
                EndPoint = new UnixDomainSocketEndPoint(path),
                IsTls = scheme == OriginScheme.UnixTls,
            };
        }
        catch (ArgumentOutOfRangeException)
        {
            error = $"service '{service}': the system allows no socket path that long; use a shorter one (about 100 characters).";
            return null;
        }
    }

    private static Origin? Status(string service, string text, OriginOptions options, out string? error)
    {
        error = null;
        if (text.Length == 3 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status >= 100)
        {
            return new Origin(service, OriginScheme.HttpStatus, options) { FixedStatus = status };
        }

        error = $"service '{service}': the status is a whole number from 100 to 999, for example 'http_status:404'.";
        return null;
    }

    private static Origin? Url(string service, OriginOptions options, out string? error)
    {
        var separator = service.IndexOf("://", StringComparison.Ordinal);
        var scheme = separator < 0 ? "" : service[..separator].ToLowerInvariant();
        if (!IsScheme(scheme))
        {
            error = $"service '{service}' is not an address: it needs a scheme and a host, for example 'http://localhost:8000'.";
            return null;
        }

        var authority = service[(separator + 3)..];
        if (authority.AsSpan().IndexOfAny("/?#") >= 0)
        {
            error = $"service '{service}' has a path; a rule cannot change the path, since the origin gets the visitor's. Write it without the path, and without a '/' at the end.";
            return null;
        }

        if (!Authority.TryParse(authority, out var host, out var port))
        {
            error = $"service '{service}' is not an address: after '{scheme}://' come a host and, where needed, ':' and a port from 1 to 65535.";
            return null;
        }

        port ??= DefaultPort(scheme);
        if (port is null)
        {
            error = $"service '{service}': '{scheme}' has no default port; write '{service}:<port>'.";
            return null;
        }

        error = null;
        return new Origin(service, scheme, options)
        {
            Host = host,
            EndPoint = IPAddress.TryParse(host, out var address) ? new IPEndPoint(address, port.Value) : new DnsEndPoint(host, port.Value),
            IsTls = scheme is OriginScheme.Https or OriginScheme.SecureWebSocket,
        };
    }

    /// <summary>RFC 3986 §3.1.</summary>
    private static bool IsScheme(string scheme)
    {
        foreach (var character in scheme)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('+' or '-' or '.'))
            {
                return false;
            }
        }

        return scheme.Length > 0 && char.IsAsciiLetter(scheme[0]);
    }

    private static int? DefaultPort(string scheme) => scheme switch
    {
        OriginScheme.Http or OriginScheme.WebSocket => 80,
        OriginScheme.Https or OriginScheme.SecureWebSocket => 443,
        OriginScheme.Ssh => 22,
        OriginScheme.Rdp => 3389,
        OriginScheme.Smb => 445,
        OriginScheme.Tcp => 7864,
        _ => null,
    };
}
