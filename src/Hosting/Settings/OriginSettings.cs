namespace Engine.Hosting.Settings;

/// <summary>The settings that describe a single origin, for use without rules.</summary>
internal static class OriginSettings
{
    public static IReadOnlyList<Setting> All { get; } =
    [
        new("url", SettingKind.Text, "TUNNEL_URL", "Without rules: the one origin, for example http://localhost:8000.") { Placeholder = "URL" },
        new("unix-socket", SettingKind.Text, "TUNNEL_UNIX_SOCKET", "Without rules: the socket of the one origin.") { Placeholder = "PATH" },
        new("hello-world", SettingKind.Flag, "TUNNEL_HELLO_WORLD", "Without rules: a built-in demonstration origin."),
        new("bastion", SettingKind.Flag, "TUNNEL_BASTION"),
        new("socks5", SettingKind.Flag, "TUNNEL_SOCKS"),
        new("proxy-connect-timeout", SettingKind.Duration),
        new("proxy-tls-timeout", SettingKind.Duration),
        new("proxy-tcp-keepalive", SettingKind.Duration),
        new("proxy-no-happy-eyeballs", SettingKind.Flag),
        new("proxy-keepalive-connections", SettingKind.Integer),
        new("proxy-keepalive-timeout", SettingKind.Duration),
        new("http-host-header", SettingKind.Text, "TUNNEL_HTTP_HOST_HEADER"),
        new("origin-server-name", SettingKind.Text, "TUNNEL_ORIGIN_SERVER_NAME"),
        new("origin-ca-pool", SettingKind.Text, "TUNNEL_ORIGIN_CA_POOL"),
        new("no-tls-verify", SettingKind.Flag, "NO_TLS_VERIFY"),
        new("no-chunked-encoding", SettingKind.Flag, "TUNNEL_NO_CHUNKED_ENCODING"),
        new("http2-origin", SettingKind.Flag, "TUNNEL_ORIGIN_ENABLE_HTTP2"),
        new("proxy-address", SettingKind.Text, "TUNNEL_PROXY_ADDRESS") { Effect = SettingEffect.Implied },
        new("proxy-port", SettingKind.Integer, "TUNNEL_PROXY_PORT") { Effect = SettingEffect.Implied },
    ];
}
