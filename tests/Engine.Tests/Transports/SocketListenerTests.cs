using System.Net;
using System.Net.Sockets;
using Engine.Transports;
using Microsoft.AspNetCore.Connections;

namespace Engine.Tests.Transports;

public sealed class SocketListenerTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_dual_stack_listener_takes_both_families_and_shows_ipv4_as_ipv4()
    {
        await using var listener = await new SocketConnectionListenerFactory().BindAsync(new IPEndPoint(IPAddress.IPv6Any, 0));
        var port = ((IPEndPoint)listener.EndPoint).Port;
        foreach (var address in new[] { IPAddress.Loopback, IPAddress.IPv6Loopback })
        {
            var accepting = listener.AcceptAsync().AsTask();
            await using var client = await new SocketConnectionFactory().ConnectAsync(new IPEndPoint(address, port));
            await using var server = await accepting.WaitAsync(Deadline);
            Assert.Equal(address, ((IPEndPoint)server!.RemoteEndPoint!).Address);
        }
    }

    [Fact]
    public async Task A_taken_port_is_refused_by_name()
    {
        var factory = new SocketConnectionListenerFactory();
        await using var listener = await factory.BindAsync(new IPEndPoint(IPAddress.Loopback, 0));
        var failure = await Assert.ThrowsAsync<AddressInUseException>(() => factory.BindAsync(listener.EndPoint).AsTask());
        Assert.Contains(listener.EndPoint.ToString()!, failure.Message);
    }

    [Fact]
    public async Task An_address_of_another_machine_is_refused_by_name()
    {
        var failure = await Assert.ThrowsAsync<IOException>(
            () => new SocketConnectionListenerFactory().BindAsync(new IPEndPoint(IPAddress.Parse("192.0.2.1"), 0)).AsTask());
        Assert.Contains("192.0.2.1", failure.Message);
    }

    [Fact]
    public async Task Unbinding_ends_an_accept_that_waits_and_every_later_one()
    {
        await using var listener = await new SocketConnectionListenerFactory().BindAsync(new IPEndPoint(IPAddress.Loopback, 0));
        var accepting = listener.AcceptAsync().AsTask();
        await listener.UnbindAsync();
        Assert.Null(await accepting.WaitAsync(Deadline));
        Assert.Null(await listener.AcceptAsync().AsTask().WaitAsync(Deadline));
    }

    [Fact]
    public async Task A_cancelled_accept_leaves_the_listener_in_order()
    {
        await using var listener = await new SocketConnectionListenerFactory().BindAsync(new IPEndPoint(IPAddress.Loopback, 0));
        using var cancel = new CancellationTokenSource();
        var accepting = listener.AcceptAsync(cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => accepting.WaitAsync(Deadline));
        var next = listener.AcceptAsync().AsTask();
        await using var client = await new SocketConnectionFactory().ConnectAsync(listener.EndPoint);
        await using var server = await next.WaitAsync(Deadline);
        Assert.NotNull(server);
    }

    [Fact]
    public async Task A_stale_unix_socket_file_is_replaced_and_a_live_one_is_not()
    {
        var path = Path.Combine(Path.GetTempPath(), $"engine-{Guid.NewGuid():N}.sock");
        var factory = new SocketConnectionListenerFactory();
        await using (await factory.BindAsync(new UnixDomainSocketEndPoint(path)))
        {
            await Assert.ThrowsAsync<AddressInUseException>(() => factory.BindAsync(new UnixDomainSocketEndPoint(path)).AsTask());
        }

        Assert.False(File.Exists(path));
        await File.WriteAllTextAsync(path, "no socket");
        await Assert.ThrowsAnyAsync<Exception>(() => factory.BindAsync(new UnixDomainSocketEndPoint(path)).AsTask());
        Assert.Equal("no socket", await File.ReadAllTextAsync(path));
        File.Delete(path);
    }

    [Fact]
    public async Task A_client_that_sends_nothing_holds_up_no_other_handshake()
    {
        await using var listener = await new TlsConnectionListenerFactory(new SocketConnectionListenerFactory(), TestCertificates.ServerOptions())
            .BindAsync(new IPEndPoint(IPAddress.Loopback, 0));
        await using var silent = await new SocketConnectionFactory().ConnectAsync(listener.EndPoint);
        await using var garbage = await new SocketConnectionFactory().ConnectAsync(listener.EndPoint);
        await garbage.SendTextAsync("GET / HTTP/1.1\r\n\r\n");
        var accepting = listener.AcceptAsync().AsTask();
        await using var client = await new TlsConnectionFactory(new SocketConnectionFactory(), TestCertificates.ClientOptions()).ConnectAsync(listener.EndPoint);
        await using var server = await accepting.WaitAsync(Deadline);
        await client.SendTextAsync("hello");
        Assert.Equal("hello", await server!.ReadTextAsync(5));
    }

    [Fact]
    public async Task Unbinding_a_tls_listener_ends_handshakes_and_accepts()
    {
        var listener = await new TlsConnectionListenerFactory(new SocketConnectionListenerFactory(), TestCertificates.ServerOptions())
            .BindAsync(new IPEndPoint(IPAddress.Loopback, 0));
        var accepting = listener.AcceptAsync().AsTask();
        await using var silent = await new SocketConnectionFactory().ConnectAsync(listener.EndPoint);
        await listener.UnbindAsync().AsTask().WaitAsync(Deadline);
        Assert.Null(await accepting.WaitAsync(Deadline));
        await listener.DisposeAsync().AsTask().WaitAsync(Deadline);
    }

    [Fact]
    public async Task An_answer_before_the_request_is_read_reaches_a_peer_that_still_sends()
    {
        await using var pair = await TransportPairs.ConnectAsync(
            new SocketConnectionListenerFactory(), new SocketConnectionFactory(), new IPEndPoint(IPAddress.Loopback, 0));
        await pair.Client.SendTextAsync("a request that nobody reads");
        await pair.Server.SendTextAsync("413 too large");
        await pair.Server.DisposeAsync();
        await pair.Client.SendTextAsync("more of it");
        await pair.Client.SendTextAsync("and more");
        Assert.Equal("413 too large", await pair.Client.ReadToEndAsync());
    }

    [Fact]
    public async Task What_was_sent_before_a_reset_is_not_lost_to_a_failed_write()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(1);
        await using var client = await new SocketConnectionFactory().ConnectAsync(listener.LocalEndPoint!);
        var peer = await listener.AcceptAsync();
        await peer.SendAsync("early answer"u8.ToArray());
        peer.Close(0);
        await Assert.ThrowsAsync<ConnectionResetException>(async () =>
        {
            for (var i = 0; i < 1000; i++)
            {
                await client.SendTextAsync("body");
            }
        });
        Assert.Equal("early answer", await client.ReadTextAsync(12));
    }
}
