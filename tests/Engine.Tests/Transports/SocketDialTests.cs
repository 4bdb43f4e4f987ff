using System.Net;
using System.Net.Sockets;
using Engine.Transports;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Time.Testing;

namespace Engine.Tests.Transports;

public sealed class SocketDialTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_refused_port_is_refused_by_name()
    {
        var port = await ClosedPortAsync();
        var failure = await Assert.ThrowsAsync<ConnectFailedException>(
            () => new SocketConnectionFactory().ConnectAsync(new IPEndPoint(IPAddress.Loopback, port)).AsTask().WaitAsync(Deadline));
        Assert.Equal(ConnectFailure.Refused, failure.Kind);
        Assert.Contains($"127.0.0.1:{port}: connection refused", failure.Message);
    }

    [Fact]
    public async Task A_name_without_an_address_is_not_found()
    {
        var options = new SocketTransportOptions { Resolver = (_, _) => throw new SocketException((int)SocketError.HostNotFound) };
        var failure = await Assert.ThrowsAsync<ConnectFailedException>(() => new SocketConnectionFactory(options).ConnectAsync(new DnsEndPoint("nowhere.test", 80)).AsTask());
        Assert.Equal(ConnectFailure.NameNotFound, failure.Kind);
        Assert.Contains("nowhere.test:80", failure.Message);

        options.Resolver = (_, _) => ValueTask.FromResult<IPAddress[]>([]);
        failure = await Assert.ThrowsAsync<ConnectFailedException>(() => new SocketConnectionFactory(options).ConnectAsync(new DnsEndPoint("nowhere.test", 80)).AsTask());
        Assert.Equal(ConnectFailure.NameNotFound, failure.Kind);
    }

    [Fact]
    public async Task A_resolver_that_never_answers_runs_into_the_connect_timeout()
    {
        var time = new FakeTimeProvider();
        var asked = new TaskCompletionSource();
        var options = new SocketTransportOptions
        {
            Resolver = async (_, token) =>
            {
                asked.SetResult();
                await Task.Delay(Timeout.Infinite, token);
                return [];
            },
        };
        var connecting = new SocketConnectionFactory(options, null, time).ConnectAsync(new DnsEndPoint("slow.test", 80)).AsTask();
        await asked.Task.WaitAsync(Deadline);
        time.Advance(TimeSpan.FromSeconds(15));
        var failure = await Assert.ThrowsAsync<ConnectFailedException>(() => connecting.WaitAsync(Deadline));
        Assert.Equal(ConnectFailure.TimedOut, failure.Kind);
        Assert.Contains("within 15 s", failure.Message);
    }

    [Fact]
    public async Task A_callers_cancel_is_a_cancel()
    {
        using var cancel = new CancellationTokenSource();
        var options = new SocketTransportOptions
        {
            Resolver = async (_, token) =>
            {
                await cancel.CancelAsync();
                await Task.Delay(Timeout.Infinite, token);
                return [];
            },
        };
        var connecting = new SocketConnectionFactory(options).ConnectAsync(new DnsEndPoint("slow.test", 80), cancel.Token).AsTask();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.WaitAsync(Deadline));
    }

    [Fact]
    public async Task The_second_address_is_tried_when_the_first_refuses()
    {
        await using var listener = await new SocketConnectionListenerFactory().BindAsync(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)listener.EndPoint).Port;
        var options = new SocketTransportOptions { Resolver = (_, _) => ValueTask.FromResult<IPAddress[]>([IPAddress.IPv6Loopback, IPAddress.Loopback]) };
        await using var connection = await new SocketConnectionFactory(options).ConnectAsync(new DnsEndPoint("both.test", port));
        Assert.Equal(IPAddress.Loopback, ((IPEndPoint)connection.RemoteEndPoint!).Address);
    }

    [Fact]
    public async Task When_every_address_fails_all_are_named_and_the_most_telling_kind_is_kept()
    {
        var port = await ClosedPortAsync();
        var options = new SocketTransportOptions
        {
            Resolver = (_, _) => ValueTask.FromResult<IPAddress[]>([IPAddress.Loopback, IPAddress.Parse("127.0.0.2")]),
        };
        var failure = await Assert.ThrowsAsync<ConnectFailedException>(
            () => new SocketConnectionFactory(options).ConnectAsync(new DnsEndPoint("down.test", port)).AsTask().WaitAsync(Deadline));
        Assert.Equal(ConnectFailure.Refused, failure.Kind);
        Assert.Contains("127.0.0.1: ", failure.Message);
        Assert.Contains("127.0.0.2: ", failure.Message);
    }

    [Fact]
    public async Task A_bind_address_leaves_the_other_family_out()
    {
        await using var listener = await new SocketConnectionListenerFactory().BindAsync(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)listener.EndPoint).Port;
        var options = new SocketTransportOptions
        {
            BindAddress = IPAddress.Parse("127.0.0.3"),
            Resolver = (_, _) => ValueTask.FromResult<IPAddress[]>([IPAddress.IPv6Loopback, IPAddress.Loopback]),
        };
        await using var connection = await new SocketConnectionFactory(options).ConnectAsync(new DnsEndPoint("bound.test", port));
        Assert.Equal(IPAddress.Parse("127.0.0.3"), ((IPEndPoint)connection.LocalEndPoint!).Address);
    }

    [Fact]
    public async Task Localhost_names_and_literals_need_no_resolver()
    {
        await using var listener = await new SocketConnectionListenerFactory().BindAsync(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)listener.EndPoint).Port;
        await using var byName = await new SocketConnectionFactory().ConnectAsync(new DnsEndPoint("hello.localhost", port));
        await using var byLiteral = await new SocketConnectionFactory().ConnectAsync(new DnsEndPoint("127.0.0.1", port));
        Assert.Equal(byName.RemoteEndPoint, byLiteral.RemoteEndPoint);
    }

    [Fact]
    public async Task A_missing_unix_socket_is_not_found_and_a_dead_one_is_refused()
    {
        var path = Path.Combine(Path.GetTempPath(), $"engine-{Guid.NewGuid():N}.sock");
        var factory = new SocketConnectionFactory();
        var missing = await Assert.ThrowsAsync<ConnectFailedException>(() => factory.ConnectAsync(new UnixDomainSocketEndPoint(path)).AsTask());
        Assert.Equal(ConnectFailure.NameNotFound, missing.Kind);

        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            // A bind by hand leaves its file, as a killed program does.
            dead.Bind(new UnixDomainSocketEndPoint(path));
        }

        if (!File.Exists(path))
        {
            using var again = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            again.Bind(new UnixDomainSocketEndPoint(path));
            var refusedWhileBound = await Assert.ThrowsAsync<ConnectFailedException>(() => factory.ConnectAsync(new UnixDomainSocketEndPoint(path)).AsTask());
            Assert.Equal(ConnectFailure.Refused, refusedWhileBound.Kind);
            return;
        }

        var refused = await Assert.ThrowsAsync<ConnectFailedException>(() => factory.ConnectAsync(new UnixDomainSocketEndPoint(path)).AsTask());
        Assert.Equal(ConnectFailure.Refused, refused.Kind);
        File.Delete(path);
    }

    private static async Task<int> ClosedPortAsync()
    {
        await using var listener = await new SocketConnectionListenerFactory().BindAsync(new IPEndPoint(IPAddress.Any, 0));
        return ((IPEndPoint)listener.EndPoint).Port;
    }
}
