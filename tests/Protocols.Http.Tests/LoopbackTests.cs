using System.Net;
using System.Net.Sockets;
using Engine.Origins;
using Engine.Testing;
using Engine.Tunnels;
using Microsoft.AspNetCore.Connections;

namespace Engine.Protocols.Http.Tests;

/// <summary>The same handler over real sockets and TLS: what only they can show.</summary>
public sealed class LoopbackTests
{
    private const string Ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

    [Theory]
    [InlineData("http")]
    [InlineData("ws")]
    public async Task Requests_follow_one_another_on_one_connection(string scheme)
    {
        await using var origin = await LoopbackOrigin.StartAsync(at => $"{scheme}://127.0.0.1:{LoopbackOrigin.PortOf(at)}");
        await ServeTwiceAsync(origin);
    }

    [Theory]
    [InlineData("https")]
    [InlineData("wss")]
    public async Task An_origin_with_a_certificate_of_an_added_authority_is_trusted(string scheme)
    {
        using var folder = new TemporaryFolder();
        string? asked = null;
        await using var origin = await LoopbackOrigin.StartAsync(
            at => $"{scheme}://localhost:{LoopbackOrigin.PortOf(at)}", new OriginOptions { CaPool = WritePool(folder) }, names: ["localhost"], onServerName: name => asked = name);
        await ServeTwiceAsync(origin);
        Assert.Equal("localhost", asked);
    }

    [Fact]
    public async Task A_configured_server_name_is_asked_for_and_looked_for()
    {
        using var folder = new TemporaryFolder();
        string? asked = null;
        await using var origin = await LoopbackOrigin.StartAsync(
            at => $"https://127.0.0.1:{LoopbackOrigin.PortOf(at)}",
            new OriginOptions { CaPool = WritePool(folder), OriginServerName = "inner.test" },
            names: ["inner.test"],
            onServerName: name => asked = name);
        await ServeTwiceAsync(origin);
        Assert.Equal("inner.test", asked);
    }

    [Fact]
    public async Task The_server_name_can_follow_the_requests_host()
    {
        using var folder = new TemporaryFolder();
        var asked = new List<string?>();
        await using var origin = await LoopbackOrigin.StartAsync(
            at => $"https://127.0.0.1:{LoopbackOrigin.PortOf(at)}",
            new OriginOptions { CaPool = WritePool(folder), MatchSniToHost = true },
            names: ["a.test", "b.test"],
            onServerName: asked.Add);
        foreach (var authority in new[] { "a.test:8443", "b.test" })
        {
            var (connection, handling) = await BeginAsync(origin, authority);
            await connection.SendAsync(Ok);
            await handling.Within();
        }

        Assert.Equal(["a.test", "b.test"], asked);
    }

    [Theory]
    [InlineData(false, "localhost", "UntrustedRoot")]
    [InlineData(true, "other.test", "NameMismatch")]
    public async Task A_certificate_that_does_not_fit_fails_by_its_reason(bool trusted, string name, string reason)
    {
        using var folder = new TemporaryFolder();
        await using var origin = await LoopbackOrigin.StartAsync(
            at => $"https://localhost:{LoopbackOrigin.PortOf(at)}", trusted ? new OriginOptions { CaPool = WritePool(folder) } : null, names: [name]);
        var stream = new FakeTunnelStream();
        await origin.Handle(stream).Within();
        Assert.Equal((HttpFailureCode.TlsFailed, 502), (stream.Failure!.Value.Code, stream.Status));
        Assert.Contains(reason, stream.Failure.Value.Detail);
    }

    [Fact]
    public async Task No_verification_takes_any_certificate()
    {
        await using var origin = await LoopbackOrigin.StartAsync(
            at => $"https://localhost:{LoopbackOrigin.PortOf(at)}", new OriginOptions { NoTlsVerify = true }, names: ["other.test"]);
        await ServeTwiceAsync(origin);
    }

    [Fact]
    public async Task A_pool_of_authorities_that_cannot_be_read_is_named()
    {
        await using var origin = await LoopbackOrigin.StartAsync(
            at => $"https://localhost:{LoopbackOrigin.PortOf(at)}", new OriginOptions { CaPool = "/nowhere/pool.pem" }, names: ["localhost"]);
        var stream = new FakeTunnelStream();
        await origin.Handle(stream).Within();
        Assert.Equal(HttpFailureCode.TlsFailed, stream.Failure?.Code);
        Assert.Contains("/nowhere/pool.pem", stream.Failure!.Value.Detail);
    }

    [Fact]
    public async Task An_origin_that_speaks_no_TLS_fails_as_TLS()
    {
        await using var origin = await LoopbackOrigin.StartAsync(at => $"https://localhost:{LoopbackOrigin.PortOf(at)}");
        var stream = new FakeTunnelStream();
        var handling = origin.Handle(stream);
        var connection = await origin.AcceptAsync();
        await connection.SendAsync("HTTP/1.1 400 Bad Request\r\n\r\n");
        await handling.Within();
        Assert.Equal(HttpFailureCode.TlsFailed, stream.Failure?.Code);
        await connection.DisposeAsync();
    }

    [Fact]
    public async Task A_TLS_handshake_that_does_not_end_is_504()
    {
        await using var origin = await LoopbackOrigin.StartAsync(
            at => $"https://localhost:{LoopbackOrigin.PortOf(at)}", new OriginOptions { TlsTimeout = TimeSpan.FromMilliseconds(100) });
        var stream = new FakeTunnelStream();
        await origin.Handle(stream).Within();
        Assert.Equal((HttpFailureCode.Timeout, 504), (stream.Failure!.Value.Code, stream.Status));
    }

    [Fact]
    public async Task Unix_sockets_are_origins_with_and_without_TLS()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "o.sock");
        await using (var origin = await LoopbackOrigin.StartAsync(_ => $"unix:{path}", at: new UnixDomainSocketEndPoint(path)))
        {
            await ServeTwiceAsync(origin);
        }

        path = Path.Combine(folder.Path, "tls.sock");
        var options = new OriginOptions { CaPool = WritePool(folder) };
        await using (var origin = await LoopbackOrigin.StartAsync(_ => $"unix+tls:{path}", options, new UnixDomainSocketEndPoint(path), ["localhost"]))
        {
            await ServeTwiceAsync(origin);
        }
    }

    [Theory]
    [InlineData("http://127.0.0.1:1", HttpFailureCode.Refused)]
    [InlineData("http://name.invalid:80", HttpFailureCode.NameNotFound)]
    [InlineData("unix:/nowhere/o.sock", HttpFailureCode.NameNotFound)]
    public async Task Where_nothing_is_the_failure_says_what_is_missing(string service, string code)
    {
        await using var handler = new HttpOriginHandler();
        Assert.True(Origin.TryParse(service, OriginOptions.Default, out var origin, out _));
        var stream = new FakeTunnelStream { Origin = origin };
        await handler.OnStreamAsync(stream).Within();
        Assert.Equal((code, 502), (stream.Failure!.Value.Code, stream.Status));
        Assert.Contains(service, stream.Failure.Value.Detail);
    }

    [Fact]
    public async Task An_early_answer_gets_through_though_the_origin_resets_behind_it()
    {
        await using var origin = await LoopbackOrigin.StartAsync(at => $"http://127.0.0.1:{LoopbackOrigin.PortOf(at)}");
        var stream = new FakeTunnelStream("POST", hasBody: true);
        var handling = origin.Handle(stream);
        var connection = await origin.AcceptAsync();
        await connection.ReadHeadAsync();
        await connection.SendAsync("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
        await stream.Answered.Task.Within();
        connection.Abort();
        await stream.Visitor.SendAsync(new string('x', 10_000));
        await handling.Within();
        Assert.Equal("no", await stream.Visitor.ReadToEndAsync());
        Assert.Null(stream.Failure);
        await connection.DisposeAsync();
    }

    [Fact]
    public async Task A_pooled_connection_that_the_origin_closed_is_not_used()
    {
        await using var origin = await LoopbackOrigin.StartAsync(at => $"http://127.0.0.1:{LoopbackOrigin.PortOf(at)}");
        var (first, handling) = await BeginAsync(origin);
        await first.SendAsync(Ok);
        await handling.Within();
        Assert.Equal(1, origin.Handler.Pools.IdleCount);
        await first.DisposeAsync();
        await Eventually.IsTrueAsync(() => origin.Handler.Pools.IdleCount == 0, "the closed connection has left the pool");
        (var second, handling) = await BeginAsync(origin, method: "POST");
        await second.SendAsync(Ok);
        await handling.Within();
        await second.DisposeAsync();
    }

    [Fact]
    public async Task An_upgraded_connection_keeps_its_halves_apart_on_real_sockets()
    {
        await using var origin = await LoopbackOrigin.StartAsync(at => $"ws://127.0.0.1:{LoopbackOrigin.PortOf(at)}");
        var stream = new FakeTunnelStream(kind: TunnelStreamKind.WebSocket, hasBody: true);
        var handling = origin.Handle(stream);
        var connection = await origin.AcceptAsync();
        await connection.ReadHeadAsync();
        await connection.SendAsync("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\nhello");
        await stream.Visitor.SendAsync("bye");
        await stream.Visitor.EndAsync();
        Assert.Equal("bye", await connection.ReadToEndAsync());
        await connection.SendAsync(" and more");
        await connection.EndAsync();
        Assert.Equal("hello and more", await stream.Visitor.ReadToEndAsync());
        await handling.Within();
        await connection.DisposeAsync();
    }

    private static string WritePool(TemporaryFolder folder)
    {
        var path = Path.Combine(folder.Path, "pool.pem");
        File.WriteAllText(path, LoopbackOrigin.Root.ExportCertificatePem());
        return path;
    }

    /// <summary>Begins an exchange on a new connection; the origin has its head.</summary>
    private static async Task<(ConnectionContext Connection, Task Handling)> BeginAsync(LoopbackOrigin origin, string authority = "app.example", string method = "GET")
    {
        var handling = origin.Handle(new FakeTunnelStream(method, authority: authority));
        var connection = await origin.AcceptAsync();
        await connection.ReadHeadAsync();
        return (connection, handling);
    }

    private static async Task ServeTwiceAsync(LoopbackOrigin origin)
    {
        var (connection, handling) = await BeginAsync(origin);
        await connection.SendAsync(Ok);
        await handling.Within();
        var again = new FakeTunnelStream();
        handling = origin.Handle(again);
        await connection.ReadHeadAsync();
        await connection.SendAsync(Ok);
        Assert.Equal("ok", await again.Visitor.ReadToEndAsync());
        await handling.Within();
        await connection.DisposeAsync();
    }
}
