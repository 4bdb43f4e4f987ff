using Engine.Hosting.Settings;

namespace Engine.Hosting.Tests.Settings;

public class SettingCatalogueTests
{
    [Theory]
    [InlineData("config origincert autoupdate-freq no-autoupdate no-prechecks metrics pidfile loglevel transport-loglevel logfile log-directory output trace-output")]
    [InlineData("credentials-file is-autoupdated edge region edge-ip-version edge-bind-address cacert hostname id lb-pool api-url metrics-update-freq tag")]
    [InlineData("heartbeat-interval heartbeat-count max-edge-addr-retries retries ha-connections rpc-timeout write-stream-timeout quic-disable-pmtu-discovery")]
    [InlineData("quic-connection-level-flow-control-limit quic-stream-level-flow-control-limit label grace-period compression-quality use-reconnect-token")]
    [InlineData("dial-edge-timeout stdin-control name n quick-service max-fetch-size post-quantum pq management-diagnostics management-hostname service-op-ip protocol p overwrite-dns")]
    [InlineData("url hello-world socks5 proxy-connect-timeout proxy-tls-timeout proxy-tcp-keepalive proxy-no-happy-eyeballs proxy-keepalive-connections proxy-keepalive-timeout")]
    [InlineData("http-host-header origin-server-name unix-socket origin-ca-pool no-tls-verify no-chunked-encoding http2-origin bastion proxy-address proxy-port")]
    [InlineData("cred-file credentials-contents features F token token-file icmpv4-src icmpv6-src max-active-flows dns-resolver-addrs proxy-dns ui api-key api-email api-ca-key")]
    public void Every_option_of_the_reference_is_known(string names)
    {
        Assert.All(names.Split(' '), name => Assert.NotNull(SettingCatalogue.Find(name)));
    }

    [Fact]
    public void What_acts_is_described_or_stands_for_something_that_is()
    {
        Assert.All(
            SettingCatalogue.All.Where(setting => setting.Help is not null),
            setting => Assert.Equal(SettingEffect.Honoured, setting.Effect));
    }
}
