namespace Engine.Origins;

/// <summary>The names by which a handler is found: one a kind of origin.</summary>
public static class OriginScheme
{
    /// <summary>HTTP in clear text over TCP.</summary>
    public const string Http = "http";

    /// <summary>HTTP over TLS.</summary>
    public const string Https = "https";

    /// <summary>The same as <see cref="Http"/>; written for origins that mostly speak WebSocket.</summary>
    public const string WebSocket = "ws";

    /// <summary>The same as <see cref="Https"/>; written for origins that mostly speak WebSocket.</summary>
    public const string SecureWebSocket = "wss";

    /// <summary>HTTP over a Unix domain socket.</summary>
    public const string Unix = "unix";

    /// <summary>HTTP over TLS over a Unix domain socket.</summary>
    public const string UnixTls = "unix+tls";

    /// <summary>A fixed status with an empty body; no connection is made.</summary>
    public const string HttpStatus = "http_status";

    /// <summary>The built-in demonstration origin.</summary>
    public const string HelloWorld = "hello_world";

    /// <summary>A SOCKS5 proxy inside the connector.</summary>
    public const string SocksProxy = "socks-proxy";

    /// <summary>TCP to a destination that the visitor names.</summary>
    public const string Bastion = "bastion";

    /// <summary>TCP to an SSH server.</summary>
    public const string Ssh = "ssh";

    /// <summary>TCP to a remote desktop.</summary>
    public const string Rdp = "rdp";

    /// <summary>TCP to a file server.</summary>
    public const string Smb = "smb";

    /// <summary>TCP to anything; also what a scheme means that has no handler of its own.</summary>
    public const string Tcp = "tcp";

    /// <summary>Whether a scheme is one of these.</summary>
    internal static bool IsKnown(string scheme) => scheme is Http or Https or WebSocket or SecureWebSocket or Unix or UnixTls
        or HttpStatus or HelloWorld or SocksProxy or Bastion or Ssh or Rdp or Smb or Tcp;
}
