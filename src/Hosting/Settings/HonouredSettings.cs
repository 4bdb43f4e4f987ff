namespace Engine.Hosting.Settings;

/// <summary>The settings of a connector that do something.</summary>
internal static class HonouredSettings
{
    public static IReadOnlyList<Setting> All { get; } =
    [
        new("config", SettingKind.Text, Help: "The configuration file.") { Placeholder = "FILE" },
        new("edge", SettingKind.List, "TUNNEL_EDGE", "An edge to dial; repeat it for several. Default port 7844.") { Placeholder = "HOST[:PORT]" },
        new("cacert", SettingKind.Text, "TUNNEL_CACERT", "PEM file of the authority that signed the edge's certificate, instead of the system's.") { Placeholder = "FILE" },
        new("token", SettingKind.Text, "TUNNEL_TOKEN", "The tunnel's token: id and secret in one.") { Placeholder = "TOKEN", IsSecret = true },
        new("token-file", SettingKind.Text, "TUNNEL_TOKEN_FILE", "A file that holds the token.") { Placeholder = "FILE" },
        new("credentials-file", SettingKind.Text, "TUNNEL_CRED_FILE", "The tunnel's credentials file.") { Placeholder = "FILE", Aliases = ["cred-file"] },
        new("credentials-contents", SettingKind.Text, "TUNNEL_CRED_CONTENTS", "What such a file holds.") { Placeholder = "JSON", IsSecret = true },
        new("origincert", SettingKind.Text, "TUNNEL_ORIGIN_CERT", "The account's certificate; credentials are looked for beside it.") { Placeholder = "FILE" },
        new("ha-connections", SettingKind.Integer, "TUNNEL_HA_CONNECTIONS", "Connections to hold to the edge. Default 4.") { Placeholder = "N" },
        new("protocol", SettingKind.Text, "TUNNEL_TRANSPORT_PROTOCOL", "Transport to the edge: http2 (also what auto means).") { Placeholder = "NAME", Aliases = ["p"] },
        new("edge-ip-version", SettingKind.Text, "TUNNEL_EDGE_IP_VERSION", "Dial the edge over IPv4 or IPv6 only: 4, 6 or auto.") { Placeholder = "4|6|auto" },
        new("edge-bind-address", SettingKind.Text, "TUNNEL_EDGE_BIND_ADDRESS", "Local address from which the edge is dialled.") { Placeholder = "IP" },
        new("grace-period", SettingKind.Duration, "TUNNEL_GRACE_PERIOD", "How long running requests may go on after SIGTERM or SIGINT. Default 30s, at most 3m.") { Placeholder = "DURATION" },
        new("metrics", SettingKind.Text, "TUNNEL_METRICS", "Address of /ready and /healthcheck. Default: the first free of localhost:20241 to 20245.") { Placeholder = "HOST:PORT" },
        new("tag", SettingKind.List, "TUNNEL_TAG", "Sent to origins as Cf-Warp-Tag-NAME: VALUE; repeat it for several.") { Placeholder = "NAME=VALUE" },
        new("pidfile", SettingKind.Text, "TUNNEL_PIDFILE", "Write the process id here after the first registration.") { Placeholder = "FILE" },
        new("http-port", SettingKind.Integer, "ENGINE_HTTP_PORT", "Port of the embedded edge, when no edge and no tunnel are named. Default 8080.") { Placeholder = "PORT" },
        new("loglevel", SettingKind.Text, "TUNNEL_LOGLEVEL", "debug, info, warn, error or fatal. Default info.") { Placeholder = "LEVEL" },
        new("log-format", SettingKind.Text, "ENGINE_LOG_FORMAT", "text or json. Default text.") { Placeholder = "FORMAT" },
        new("output", SettingKind.Text, "TUNNEL_LOG_OUTPUT", null) { Placeholder = "default|json" },
        new("logfile", SettingKind.Text, "TUNNEL_LOGFILE", "Also append the log to this file, as JSON lines.") { Placeholder = "FILE" },
    ];
}
