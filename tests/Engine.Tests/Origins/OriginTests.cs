using System.Net;
using System.Net.Sockets;
using Engine.Origins;

namespace Engine.Tests.Origins;

public class OriginTests
{
    [Theory]
    [InlineData("http://localhost:8000", "http", "localhost", 8000, false)]
    [InlineData("http://localhost", "http", "localhost", 80, false)]
    [InlineData("https://app.example.com", "https", "app.example.com", 443, true)]
    [InlineData("HTTPS://app.example.com", "https", "app.example.com", 443, true)]
    [InlineData("ws://localhost", "ws", "localhost", 80, false)]
    [InlineData("wss://localhost:9443", "wss", "localhost", 9443, true)]
    [InlineData("ssh://host", "ssh", "host", 22, false)]
    [InlineData("rdp://host", "rdp", "host", 3389, false)]
    [InlineData("smb://host", "smb", "host", 445, false)]
    [InlineData("tcp://host", "tcp", "host", 7864, false)]
    [InlineData("Redis://host:6379", "redis", "host", 6379, false)]
    public void A_url_is_a_scheme_a_host_and_a_port(string service, string scheme, string host, int port, bool isTls)
    {
        var origin = Parse(service);

        Assert.Equal(scheme, origin.Scheme);
        Assert.Equal(host, origin.Host);
        Assert.Equal(new DnsEndPoint(host, port), origin.EndPoint);
        Assert.Equal(isTls, origin.IsTls);
        Assert.Equal(service, origin.Service);
    }

    [Theory]
    [InlineData("http://127.0.0.1:81", "127.0.0.1", 81)]
    [InlineData("http://[::1]:81", "::1", 81)]
    [InlineData("https://[2001:db8::1]", "2001:db8::1", 443)]
    public void An_address_needs_no_resolver(string service, string address, int port)
    {
        Assert.Equal(new IPEndPoint(IPAddress.Parse(address), port), Parse(service).EndPoint);
    }

    [Theory]
    [InlineData("unix:/run/app.sock", "unix", "/run/app.sock", false)]
    [InlineData("unix+tls:/run/app.sock", "unix+tls", "/run/app.sock", true)]
    [InlineData("unix:relative/app.sock", "unix", "relative/app.sock", false)]
    public void A_socket_is_a_path(string service, string scheme, string path, bool isTls)
    {
        var origin = Parse(service);

        Assert.Equal(scheme, origin.Scheme);
        Assert.Equal(new UnixDomainSocketEndPoint(path), origin.EndPoint);
        Assert.Equal(isTls, origin.IsTls);
    }

    [Theory]
    [InlineData("hello_world", "hello_world")]
    [InlineData("hello-world", "hello_world")]
    [InlineData("socks-proxy", "socks-proxy")]
    [InlineData("bastion", "bastion")]
    public void A_built_in_service_connects_nowhere(string service, string scheme)
    {
        var origin = Parse(service);

        Assert.Equal(scheme, origin.Scheme);
        Assert.Null(origin.EndPoint);
    }

    [Fact]
    public void A_status_is_kept() => Assert.Equal(404, Parse("http_status:404").FixedStatus);

    [Fact]
    public void Bastion_mode_makes_a_bastion_of_any_service()
    {
        Assert.True(Origin.TryParse("tcp://ignored:1", new OriginOptions { BastionMode = true }, out var origin, out _));
        Assert.Equal(OriginScheme.Bastion, origin.Scheme);
    }

    [Theory]
    [InlineData("", "missing")]
    [InlineData("localhost:8000", "scheme and a host")]
    [InlineData("http:/localhost", "scheme and a host")]
    [InlineData("://localhost", "scheme and a host")]
    [InlineData("1http://localhost", "scheme and a host")]
    [InlineData("http://", "not an address")]
    [InlineData("http://:80", "not an address")]
    [InlineData("http://a b", "not an address")]
    [InlineData("http://user@host", "not an address")]
    [InlineData("http://localhost:0", "not an address")]
    [InlineData("http://localhost:65536", "not an address")]
    [InlineData("http://localhost:8x", "not an address")]
    [InlineData("http://[::1", "not an address")]
    [InlineData("http://[nonsense]", "not an address")]
    [InlineData("http://localhost/", "has a path")]
    [InlineData("http://localhost/app", "has a path")]
    [InlineData("http://localhost?x", "has a path")]
    [InlineData("redis://host", "no default port")]
    [InlineData("unix:", "names no socket")]
    [InlineData("http_status:99", "100 to 999")]
    [InlineData("http_status:1000", "100 to 999")]
    [InlineData("http_status:ok", "100 to 999")]
    [InlineData("http_status:+40", "100 to 999")]
    public void What_is_no_service_is_refused_with_a_reason(string service, string reason)
    {
        Assert.False(Origin.TryParse(service, OriginOptions.Default, out _, out var error));
        Assert.Contains(reason, error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_socket_path_beyond_the_systems_limit_is_refused()
    {
        Assert.False(Origin.TryParse("unix:/" + new string('x', 300), OriginOptions.Default, out _, out var error));
        Assert.Contains("shorter", error, StringComparison.Ordinal);
    }

    private static Origin Parse(string service)
    {
        Assert.True(Origin.TryParse(service, OriginOptions.Default, out var origin, out var error), error);
        return origin;
    }
}
