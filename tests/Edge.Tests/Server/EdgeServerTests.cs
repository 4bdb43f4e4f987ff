using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Engine.Edge.Tests.Fakes;
using Engine.Testing;
using Engine.Tunnels;

namespace Engine.Edge.Tests.Server;

/// <summary>The whole edge over sockets and TLS, with connections of our connector and visitors that others wrote.</summary>
public sealed class EdgeServerTests : IAsyncLifetime
{
    private static readonly EdgeTunnel One = new(Guid.NewGuid(), "account", new byte[] { 1, 2, 3, 4, 5, 6, 7, 8 }, "one");
    private static readonly EdgeTunnel Two = new(Guid.NewGuid(), "account", new byte[] { 8, 7, 6, 5, 4, 3, 2, 1 }, "two");

    private readonly EdgeOptions _options = new() { TunnelEndPoint = new IPEndPoint(IPAddress.Loopback, 0) };
    private EdgeServer _edge = null!;

    [Theory]
    [InlineData(0, "1.1")]
    [InlineData(0, "2.0")]
    [InlineData(1, "1.1")]
    [InlineData(1, "2.0")]
    public async Task Visitors_of_both_versions_with_and_without_tls_reach_the_connector(int listener, string version)
    {
        await using var connector = await RealConnector.ConnectAsync(_edge, One);
        using var client = Client(listener, version);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/p?q=1")
        {
            Content = new StringContent("hello"),
            Version = new Version(version),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var answer = await client.SendAsync(request, Deadline.Token());

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(new Version(version), answer.Version);
        Assert.Equal("/p?q=1\nhello", await answer.Content.ReadAsStringAsync(Deadline.Token()));
        Assert.EndsWith("-EDGE", answer.Headers.GetValues("cf-ray").Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_host_goes_to_its_own_tunnel()
    {
        await using var one = await RealConnector.ConnectAsync(_edge, One, "one");
        await using var two = await RealConnector.ConnectAsync(_edge, Two, "two");

        Assert.Equal("one", await WhoAnswersAsync("one.localhost"));
        Assert.Equal("two", await WhoAnswersAsync("two.localhost"));
        Assert.Equal("unknown-host", await WhoAnswersAsync("three.localhost"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Who_does_not_know_the_tunnel_or_its_secret_is_refused_in_the_same_words(bool knowsTunnel)
    {
        var tunnel = knowsTunnel ? One : One with { Id = Guid.NewGuid() };
        var refusal = await Assert.ThrowsAsync<RegistrationRefusedException>(() => RealConnector.ConnectAsync(_edge, tunnel, secret: [1, 2, 3, 4, 5, 6, 7, 9]));

        Assert.Equal(TunnelAuthentication.Unauthorized, refusal.Cause);
        Assert.Equal(0, _edge.RegisteredConnections);
    }

    [Fact]
    public async Task A_connection_of_the_same_connector_and_index_replaces_the_older_one()
    {
        var id = Guid.NewGuid();
        await using var older = await RealConnector.ConnectAsync(_edge, One, "older", id);
        await using var newer = await RealConnector.ConnectAsync(_edge, One, "newer", id);

        await older.Tunnel.Completion.Within();
        Assert.Equal(1, _edge.RegisteredConnections);
        Assert.Equal("newer", await WhoAnswersAsync("one.localhost"));
    }

    [Fact]
    public async Task A_connector_that_unregisters_finishes_what_runs_and_gets_no_more()
    {
        await using var leaving = await RealConnector.ConnectAsync(_edge, One, "leaving");
        using var client = Client(0, "1.1");
        using var held = await client.GetAsync("/hold", HttpCompletionOption.ResponseHeadersRead, Deadline.Token());
        await leaving.Tunnel.UnregisterAsync(Deadline.Token());
        Assert.Equal("no-connector", await WhoAnswersAsync("one.localhost"));

        leaving.Release.SetResult();
        Assert.Equal("/hold\n", await held.Content.ReadAsStringAsync(Deadline.Token()));
        Assert.True((await leaving.Tunnel.Completion.Within()).IsClean);
    }

    [Fact]
    public async Task When_a_connector_dies_the_answer_is_no_connector_at_once_and_running_answers_are_cut()
    {
        await using var dying = await RealConnector.ConnectAsync(_edge, One);
        using var client = Client(0, "1.1");
        using var held = await client.GetAsync("/hold", HttpCompletionOption.ResponseHeadersRead, Deadline.Token());
        dying.Tunnel.Abort();

        await Assert.ThrowsAnyAsync<Exception>(() => held.Content.ReadAsStringAsync(Deadline.Token()));
        await Eventually.IsTrueAsync(() => _edge.RegisteredConnections == 0, "the connection left the registry");
        Assert.Equal("no-connector", await WhoAnswersAsync("one.localhost"));
    }

    [Theory]
    [InlineData("h2.cftunnel.com")]
    [InlineData("quic.cftunnel.com")]
    [InlineData("probe.cftunnel.com")]
    [InlineData("localhost")]
    public async Task A_probe_that_shakes_hands_and_goes_does_no_harm(string serverName)
    {
        var probe = await RealConnector.DialAsync(_edge, serverName);
        await probe.DisposeAsync();

        await using var connector = await RealConnector.ConnectAsync(_edge, One);
        Assert.Equal("one", await WhoAnswersAsync("one.localhost"));
    }

    [Fact]
    public async Task Garbage_and_silence_on_the_ports_are_closed_in_time_and_trouble_no_one_else()
    {
        await using var connector = await RealConnector.ConnectAsync(_edge, One);
        var peers = new List<TcpClient>();
        foreach (var endPoint in _edge.PublicEndPoints.Append(_edge.TunnelEndPoint!).Cast<IPEndPoint>())
        {
            foreach (var octets in new byte[][] { [], [0], [22, 3, 1, 255, 255], [.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, 0, 0, 1], [.. "GET / HTTP/1.1\r\n"u8] })
            {
                var peer = new TcpClient();
                await peer.ConnectAsync(endPoint, Deadline.Token());
                await peer.GetStream().WriteAsync(octets, Deadline.Token());
                peers.Add(peer);
            }
        }

        var silent = await RealConnector.DialAsync(_edge);
        var garbage = await RealConnector.DialAsync(_edge);
        await garbage.Transport.Output.WriteAsync(new byte[100]).AsTask().Within();

        Assert.Equal("one", await WhoAnswersAsync("one.localhost"));
        foreach (var peer in peers)
        {
            await ReadToEndAsync(peer);
            peer.Dispose();
        }

        await Assert.ThrowsAnyAsync<Exception>(() => DrainAsync(silent));
        await Assert.ThrowsAnyAsync<Exception>(() => DrainAsync(garbage));
        Assert.Equal("one", await WhoAnswersAsync("one.localhost"));
    }

    [Fact]
    public async Task Stopping_lets_the_running_answer_end_and_tells_the_connector()
    {
        await using var connector = await RealConnector.ConnectAsync(_edge, One);
        using var client = Client(0, "1.1");
        using var held = await client.GetAsync("/hold", HttpCompletionOption.ResponseHeadersRead, Deadline.Token());
        var stopping = _edge.StopAsync(Deadline.Token());
        Assert.False(stopping.IsCompleted);
        connector.Release.SetResult();

        Assert.Equal("/hold\n", await held.Content.ReadAsStringAsync(Deadline.Token()));
        client.Dispose();
        await stopping.Within();
        Assert.True((await connector.Tunnel.Completion.Within()).IsClean);
        await Assert.ThrowsAnyAsync<Exception>(() => WhoAnswersAsync("one.localhost"));
    }

    [Fact]
    public async Task A_stop_that_is_cut_ends_everything_now()
    {
        await using var connector = await RealConnector.ConnectAsync(_edge, One);
        using var client = Client(0, "2.0");
        using var held = await client.GetAsync("/hold", HttpCompletionOption.ResponseHeadersRead, Deadline.Token());

        await _edge.StopAsync(new CancellationToken(canceled: true)).Within();

        await Assert.ThrowsAnyAsync<Exception>(() => held.Content.ReadAsStringAsync(Deadline.Token()));
        await connector.Tunnel.Completion.Within();
    }

    [Fact]
    public async Task A_port_that_is_taken_is_reported_and_nothing_stays_open()
    {
        var options = new EdgeOptions { TunnelEndPoint = new IPEndPoint(IPAddress.Loopback, 0) };
        options.PublicListeners.Add(new EdgeListener(_edge.PublicEndPoints[0]));
        await using var second = new EdgeServer(options);

        await Assert.ThrowsAsync<Microsoft.AspNetCore.Connections.AddressInUseException>(() => second.StartAsync());
        Assert.Empty(second.PublicEndPoints);
        Assert.Null(second.TunnelEndPoint);
    }

    [Fact]
    public async Task A_route_to_a_tunnel_that_is_not_listed_is_refused_at_start()
    {
        var options = new EdgeOptions();
        options.Routes.Add(new EdgeRoute("a.test", Guid.NewGuid()));
        await using var edge = new EdgeServer(options);

        var refusal = await Assert.ThrowsAsync<EdgeConfigurationException>(() => edge.StartAsync());
        Assert.Contains("a.test", refusal.Message, StringComparison.Ordinal);
    }

    public async Task InitializeAsync()
    {
        _options.PublicListeners.Add(new EdgeListener(new IPEndPoint(IPAddress.Loopback, 0)));
        _options.PublicListeners.Add(new EdgeListener(new IPEndPoint(IPAddress.Loopback, 0), IsTls: true));
        _options.Tunnels.Add(One);
        _options.Tunnels.Add(Two);
        _options.Routes.Add(new EdgeRoute("one.localhost", One.Id));
        _options.Routes.Add(new EdgeRoute("two.localhost", Two.Id));
        _options.Limits.HeadTimeout = TimeSpan.FromSeconds(2);
        _options.Limits.HandshakeTimeout = TimeSpan.FromSeconds(2);
        _options.Limits.RegistrationTimeout = TimeSpan.FromSeconds(2);
        _edge = new EdgeServer(_options);
        await _edge.StartAsync().Within();
    }

    public async Task DisposeAsync() => await _edge.DisposeAsync().Within();

    private HttpClient Client(int listener, string version)
    {
        var endPoint = (IPEndPoint)_edge.PublicEndPoints[listener];
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, token) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(endPoint, token);
                return new NetworkStream(socket, ownsSocket: true);
            },
            SslOptions = new SslClientAuthenticationOptions
            {
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust,
                    RevocationMode = X509RevocationMode.NoCheck,
                    CustomTrustStore = { _edge.CaCertificate },
                },
            },
        };
        return new HttpClient(handler)
        {
            BaseAddress = new Uri($"{(listener == 1 ? "https" : "http")}://one.localhost:{endPoint.Port}"),
            DefaultRequestVersion = new Version(version),
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            DefaultRequestHeaders = { Accept = { new MediaTypeWithQualityHeaderValue("text/plain") } },
        };
    }

    /// <summary>The connector's name, or the code of the edge's own answer.</summary>
    private async Task<string> WhoAnswersAsync(string host)
    {
        using var client = Client(0, "1.1");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { Host = host } };
        using var answer = await client.SendAsync(request, Deadline.Token());
        return answer.Headers.TryGetValues("x-connector", out var names) ? names.Single() : answer.Headers.GetValues("engine-error").Single();
    }

    private static async Task ReadToEndAsync(TcpClient peer)
    {
        var buffer = new byte[4096];
        try
        {
            while (await peer.GetStream().ReadAsync(buffer, Deadline.Token()) > 0)
            {
            }
        }
        catch (IOException)
        {
            // A reset ends it as well as a FIN.
        }
    }

    private static async Task DrainAsync(Microsoft.AspNetCore.Connections.ConnectionContext connection)
    {
        await using (connection)
        {
            await connection.Transport.Input.CopyToAsync(Stream.Null, Deadline.Token());
            throw new EndOfStreamException();
        }
    }
}
