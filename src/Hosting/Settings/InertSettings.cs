namespace Engine.Hosting.Settings;

/// <summary>The settings of the reference connector that have nothing to act on here, so that its files and commands still work.</summary>
internal static class InertSettings
{
    public static IReadOnlyList<Setting> All { get; } =
    [
        .. Of(SettingEffect.Implied, SettingKind.Flag, ("no-autoupdate", "NO_AUTOUPDATE"), ("no-prechecks", "TUNNEL_NO_PRECHECKS"), ("is-autoupdated", null)),
        new("management-diagnostics", SettingKind.Flag, "TUNNEL_MANAGEMENT_DIAGNOSTICS") { Effect = SettingEffect.Implied },

        // These ask for a guarantee; going on without it would be worse than not starting.
        new("post-quantum", SettingKind.Flag, "TUNNEL_POST_QUANTUM") { Effect = SettingEffect.Refused, Aliases = ["pq"] },
        new("max-active-flows", SettingKind.Integer, "TUNNEL_MAX_ACTIVE_FLOWS") { Effect = SettingEffect.Refused },

        .. Of(
            SettingEffect.None,
            SettingKind.Flag,
            ("quic-disable-pmtu-discovery", "TUNNEL_DISABLE_QUIC_PMTU"),
            ("use-reconnect-token", "TUNNEL_USE_RECONNECT_TOKEN"),
            ("stdin-control", "STDIN_CONTROL"),
            ("quick-service", null),
            ("ui", null),
            ("proxy-dns", "TUNNEL_DNS")),
        .. Of(
            SettingEffect.None,
            SettingKind.Integer,
            ("heartbeat-count", null),
            ("max-edge-addr-retries", "TUNNEL_MAX_EDGE_ADDR_RETRIES"),
            ("retries", "TUNNEL_RETRIES"),
            ("quic-connection-level-flow-control-limit", "TUNNEL_QUIC_CONN_LEVEL_FLOW_CONTROL_LIMIT"),
            ("quic-stream-level-flow-control-limit", "TUNNEL_QUIC_STREAM_LEVEL_FLOW_CONTROL_LIMIT"),
            ("compression-quality", "TUNNEL_COMPRESSION_LEVEL"),
            ("max-fetch-size", "TUNNEL_MAX_FETCH_SIZE"),
            ("proxy-dns-port", "TUNNEL_DNS_PORT"),
            ("proxy-dns-max-upstream-conns", "TUNNEL_DNS_MAX_UPSTREAM_CONNS")),
        .. Of(
            SettingEffect.None,
            SettingKind.Duration,
            ("autoupdate-freq", null),
            ("metrics-update-freq", "TUNNEL_METRICS_UPDATE_FREQ"),
            ("heartbeat-interval", null),
            ("rpc-timeout", "TUNNEL_RPC_TIMEOUT"),
            ("write-stream-timeout", "TUNNEL_STREAM_WRITE_TIMEOUT"),
            ("dial-edge-timeout", "DIAL_EDGE_TIMEOUT")),
        .. Of(
            SettingEffect.None,
            SettingKind.List,
            ("dns-resolver-addrs", "TUNNEL_DNS_RESOLVER_ADDRS"),
            ("proxy-dns-upstream", "TUNNEL_DNS_UPSTREAM"),
            ("proxy-dns-bootstrap", "TUNNEL_DNS_BOOTSTRAP")),
        new("overwrite-dns", SettingKind.Flag, "TUNNEL_FORCE_PROVISIONING_DNS") { Effect = SettingEffect.None, Aliases = ["f"] },
        new("features", SettingKind.List, "TUNNEL_FEATURES") { Effect = SettingEffect.None, Aliases = ["F"] },
        new("transport-loglevel", SettingKind.Text, "TUNNEL_TRANSPORT_LOGLEVEL") { Effect = SettingEffect.None, Aliases = ["proto-loglevel"] },
        new("name", SettingKind.Text, "TUNNEL_NAME") { Effect = SettingEffect.None, Aliases = ["n"] },
        .. Of(
            SettingEffect.None,
            SettingKind.Text,
            ("log-directory", "TUNNEL_LOGDIRECTORY"),
            ("trace-output", "TUNNEL_TRACE_OUTPUT"),
            ("region", "TUNNEL_REGION"),
            ("hostname", "TUNNEL_HOSTNAME"),
            ("id", "TUNNEL_ID"),
            ("lb-pool", "TUNNEL_LB_POOL"),
            ("api-url", "TUNNEL_API_URL"),
            ("label", null),
            ("management-hostname", "TUNNEL_MANAGEMENT_HOSTNAME"),
            ("service-op-ip", "TUNNEL_SERVICE_OP_IP"),
            ("icmpv4-src", "TUNNEL_ICMPV4_SRC"),
            ("icmpv6-src", "TUNNEL_ICMPV6_SRC"),
            ("proxy-dns-address", "TUNNEL_DNS_ADDRESS"),
            ("api-key", "TUNNEL_API_KEY"),
            ("api-email", "TUNNEL_API_EMAIL"),
            ("api-ca-key", "TUNNEL_API_CA_KEY"),
            ("ssh-port", null),
            ("ssh-idle-timeout", null),
            ("ssh-max-timeout", null),
            ("ssh-server", null),
            ("bucket-name", null),
            ("region-name", null),
            ("secret-id", null),
            ("access-key-id", null),
            ("session-token", null),
            ("s3-url-host", null),
            ("host-key-path", null)),
    ];

    private static IEnumerable<Setting> Of(SettingEffect effect, SettingKind kind, params (string Name, string? Environment)[] names) =>
        names.Select(name => new Setting(name.Name, kind, name.Environment) { Effect = effect });
}
