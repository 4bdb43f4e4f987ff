using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Engine.Transports;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Time.Testing;

namespace Engine.Tests.Transports;

public sealed class TlsFailureTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task An_untrusted_root_is_refused_by_the_issuers_name()
    {
        var failure = await FailAsync(TestCertificates.ServerOptions(), TestCertificates.ClientOptions(TestCertificates.OtherRoot));
        Assert.Equal(ConnectFailure.TlsFailed, failure.Kind);
        Assert.Equal(TlsFailureReason.UntrustedRoot, failure.TlsReason);
        Assert.Contains("Engine test root", failure.Message);
        Assert.Contains("server.test", failure.Message);
    }

    [Fact]
    public async Task A_private_root_is_not_trusted_by_the_systems_pool()
    {
        var failure = await FailAsync(TestCertificates.ServerOptions(), new TlsClientOptions { ServerName = "server.test" });
        Assert.Equal(TlsFailureReason.UntrustedRoot, failure.TlsReason);
    }

    [Fact]
    public async Task Another_name_is_refused_and_both_are_named()
    {
        var client = TestCertificates.ClientOptions();
        client.ServerName = "other.test";
        var failure = await FailAsync(TestCertificates.ServerOptions(), client);
        Assert.Equal(TlsFailureReason.NameMismatch, failure.TlsReason);
        Assert.Contains("not for other.test but for server.test, *.wild.test", failure.Message);
    }

    [Fact]
    public async Task An_expired_certificate_is_refused_as_expired()
    {
        using var expired = TestCertificates.Issue(TestCertificates.Root, ["server.test"], DateTimeOffset.UtcNow.AddDays(-3));
        var failure = await FailAsync(TestCertificates.ServerOptions(expired), TestCertificates.ClientOptions());
        Assert.Equal(TlsFailureReason.Expired, failure.TlsReason);
        Assert.Contains("outside its time", failure.Message);
    }

    [Fact]
    public async Task An_expired_certificate_of_an_unknown_issuer_is_untrusted_first()
    {
        using var expired = TestCertificates.Issue(TestCertificates.Root, ["server.test"], DateTimeOffset.UtcNow.AddDays(-3));
        var failure = await FailAsync(TestCertificates.ServerOptions(expired), TestCertificates.ClientOptions(TestCertificates.OtherRoot));
        Assert.Equal(TlsFailureReason.UntrustedRoot, failure.TlsReason);
    }

    [Theory]
    [InlineData("one.wild.test")]
    [InlineData("server.test.")]
    [InlineData("SERVER.test")]
    public async Task Names_match_by_wildcard_without_the_last_dot_and_in_any_case(string name)
    {
        var client = TestCertificates.ClientOptions();
        client.ServerName = name;
        await using var pair = await HandshakeAsync(TestCertificates.ServerOptions(), client);
        await pair.Client.SendTextAsync("x");
        Assert.Equal("x", await pair.Server.ReadTextAsync(1));
    }

    [Fact]
    public async Task Added_roots_are_trusted_beside_the_systems_pool_and_names_still_count()
    {
        var client = TestCertificates.ClientOptions();
        client.AddRootsToSystem = true;
        await using (await HandshakeAsync(TestCertificates.ServerOptions(), client))
        {
        }

        client.ServerName = "other.test";
        Assert.Equal(TlsFailureReason.NameMismatch, (await FailAsync(TestCertificates.ServerOptions(), client)).TlsReason);
        client.ServerName = "server.test";
        client.Roots = [TestCertificates.OtherRoot];
        Assert.Equal(TlsFailureReason.UntrustedRoot, (await FailAsync(TestCertificates.ServerOptions(), client)).TlsReason);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_certificate_that_is_for_clients_only_is_refused(bool addRootsToSystem)
    {
        const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
        using var certificate = TestCertificates.Issue(TestCertificates.Root, ["server.test"], purpose: ClientAuthentication);
        var client = TestCertificates.ClientOptions();
        client.AddRootsToSystem = addRootsToSystem;
        Assert.Equal(TlsFailureReason.BadCertificate, (await FailAsync(TestCertificates.ServerOptions(certificate), client)).TlsReason);
    }

    [Fact]
    public async Task Skipping_verification_takes_any_certificate()
    {
        var client = new TlsClientOptions { ServerName = "whatever.test", SkipVerification = true };
        await using var pair = await HandshakeAsync(TestCertificates.ServerOptions(), client);
        Assert.NotNull(pair.Client.Features.Get<ITlsSessionFeature>()!.RemoteCertificate);
    }

    [Fact]
    public async Task An_address_as_the_server_name_is_matched_by_address()
    {
        using var certificate = TestCertificates.Issue(TestCertificates.Root, ["127.0.0.1"]);
        var client = TestCertificates.ClientOptions();
        client.ServerName = "127.0.0.1";
        await using var pair = await HandshakeAsync(TestCertificates.ServerOptions(certificate), client);
        Assert.Null(pair.Server.Features.Get<ITlsSessionFeature>()!.ServerName);
    }

    [Fact]
    public async Task A_peer_that_speaks_no_tls_is_named_as_such()
    {
        var (first, second) = MemoryConnection.CreatePair();
        await using var peer = second;
        var handshake = TlsConnection.AuthenticateAsClientAsync(first, TestCertificates.ClientOptions()).AsTask();
        await second.SendTextAsync("HTTP/1.1 400 Bad Request\r\n\r\n");
        var failure = await Assert.ThrowsAsync<ConnectFailedException>(() => handshake.WaitAsync(Deadline));
        Assert.Equal(TlsFailureReason.Protocol, failure.TlsReason);
        Assert.Contains("does not speak TLS", failure.Message);
    }

    [Fact]
    public async Task A_peer_that_hangs_up_or_resets_during_the_handshake_is_told_apart()
    {
        var (first, second) = MemoryConnection.CreatePair();
        var handshake = TlsConnection.AuthenticateAsClientAsync(first, TestCertificates.ClientOptions()).AsTask();
        await second.Transport.Output.CompleteAsync();
        var failure = await Assert.ThrowsAsync<ConnectFailedException>(() => handshake.WaitAsync(Deadline));
        Assert.Equal(ConnectFailure.TlsFailed, failure.Kind);
        Assert.Contains("does it speak TLS", failure.Message);

        (first, second) = MemoryConnection.CreatePair();
        handshake = TlsConnection.AuthenticateAsClientAsync(first, TestCertificates.ClientOptions()).AsTask();
        second.Abort();
        failure = await Assert.ThrowsAsync<ConnectFailedException>(() => handshake.WaitAsync(Deadline));
        Assert.Equal(ConnectFailure.Reset, failure.Kind);
    }

    [Fact]
    public async Task A_handshake_that_takes_too_long_is_ended_and_resets_the_connection()
    {
        var time = new FakeTimeProvider();
        var (first, second) = MemoryConnection.CreatePair();
        var handshake = TlsConnection.AuthenticateAsServerAsync(first, TestCertificates.ServerOptions(), timeProvider: time).AsTask();
        time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(handshake.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.2));
        var failure = await Assert.ThrowsAsync<ConnectFailedException>(() => handshake.WaitAsync(Deadline));
        Assert.Equal(ConnectFailure.TimedOut, failure.Kind);
        await Assert.ThrowsAsync<ConnectionResetException>(() => second.ReadAsync());
    }

    [Fact]
    public async Task A_cancelled_handshake_is_cancelled_and_not_timed_out()
    {
        using var cancel = new CancellationTokenSource();
        var (first, _) = MemoryConnection.CreatePair();
        var handshake = TlsConnection.AuthenticateAsClientAsync(first, TestCertificates.ClientOptions(), cancel.Token).AsTask();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => handshake.WaitAsync(Deadline));
    }

    [Fact]
    public async Task The_certificate_is_chosen_by_the_name_that_the_client_sends()
    {
        using var other = TestCertificates.Issue(TestCertificates.Root, ["second.test"]);
        var first = SslStreamCertificateContext.Create(TestCertificates.Server, null, offline: true);
        var second = SslStreamCertificateContext.Create(other, null, offline: true);
        var server = new TlsServerOptions { CertificateSelector = name => name switch { "server.test" => first, "second.test" => second, _ => null } };
        var client = TestCertificates.ClientOptions();
        client.ServerName = "second.test";
        await using (var pair = await HandshakeAsync(server, client))
        {
            Assert.Equal("second.test", pair.Server.Features.Get<ITlsSessionFeature>()!.ServerName);
        }

        client.ServerName = "third.test";
        Assert.Equal(ConnectFailure.TlsFailed, (await FailAsync(server, client)).Kind);
    }

    [Fact]
    public async Task The_application_protocol_is_negotiated_or_absent()
    {
        var server = TestCertificates.ServerOptions();
        server.ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11];
        var client = TestCertificates.ClientOptions();
        client.ApplicationProtocols = [SslApplicationProtocol.Http11, SslApplicationProtocol.Http2];
        await using (var pair = await HandshakeAsync(server, client))
        {
            Assert.Equal(SslApplicationProtocol.Http2, pair.Client.Features.Get<ITlsSessionFeature>()!.ApplicationProtocol);
        }

        client.ApplicationProtocols = [];
        await using (var pair = await HandshakeAsync(server, client))
        {
            Assert.Equal(default, pair.Server.Features.Get<ITlsSessionFeature>()!.ApplicationProtocol);
        }
    }

    [Fact]
    public async Task The_newest_protocol_is_preferred()
    {
        await using var pair = await HandshakeAsync(TestCertificates.ServerOptions(), TestCertificates.ClientOptions());
        var session = pair.Client.Features.Get<ITlsSessionFeature>()!;
        Assert.Equal(SslProtocols.Tls13, session.Protocol);
        Assert.StartsWith("TLS_", session.CipherSuite);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_end_without_close_notify_is_a_truncation_unless_it_is_allowed(bool allowed)
    {
        var (first, second) = MemoryConnection.CreatePair();
        var server = TlsConnection.AuthenticateAsServerAsync(second, TestCertificates.ServerOptions()).AsTask();
        var options = TestCertificates.ClientOptions();
        options.AllowMissingCloseNotify = allowed;
        await using var client = await TlsConnection.AuthenticateAsClientAsync(first, options);
        var secure = await server.WaitAsync(Deadline);
        await secure.SendTextAsync("half a mess");
        await second.Transport.Output.CompleteAsync();

        Assert.Equal("half a mess", await client.ReadTextAsync(11));
        if (allowed)
        {
            Assert.Equal("", await client.ReadToEndAsync());
        }
        else
        {
            var failure = await Assert.ThrowsAsync<ConnectionResetException>(() => client.ReadAsync());
            Assert.Contains("close_notify", failure.Message);
        }
    }

    [Fact]
    public async Task A_record_cut_at_any_byte_is_never_a_clean_end()
    {
        // What the server sends after the handshake: its tickets and one record. Every cut of it must read as a truncation.
        var length = (await EstablishAsync(int.MaxValue)).Sent;
        Assert.InRange(length, 20, 2000);
        for (var cut = 0; cut < length; cut++)
        {
            var (client, _) = await EstablishAsync(cut);
            await using var _2 = client;
            await Assert.ThrowsAsync<ConnectionResetException>(async () =>
            {
                while (true)
                {
                    var read = await client.ReadAsync();
                    Assert.False(read.IsCompleted);
                    client.Transport.Input.AdvanceTo(read.Buffer.End);
                }
            });
        }
    }

    [Fact]
    public async Task A_read_that_is_cancelled_amid_a_record_loses_nothing()
    {
        var (clientEnd, relayToClient) = MemoryConnection.CreatePair();
        var (relayToServer, serverEnd) = MemoryConnection.CreatePair();
        var handshaken = new CancellationTokenSource();
        var relaying = Engine.Splicing.Splice.RunAsync(relayToClient.Transport, relayToServer.Transport, null, handshaken.Token).AsTask();
        var accepting = TlsConnection.AuthenticateAsServerAsync(serverEnd, TestCertificates.ServerOptions()).AsTask();
        await using var client = await TlsConnection.AuthenticateAsClientAsync(clientEnd, TestCertificates.ClientOptions()).AsTask().WaitAsync(Deadline);
        await using var server = await accepting.WaitAsync(Deadline);
        await handshaken.CancelAsync();
        await relaying.WaitAsync(Deadline);

        // One record reaches the client byte by byte, and every read on the way is cancelled.
        await server.SendTextAsync("one whole record");
        var sent = await relayToServer.ReadAsync();
        var bytes = sent.Buffer.ToArray();
        relayToServer.Transport.Input.AdvanceTo(sent.Buffer.End);
        for (var i = 0; i < bytes.Length - 1; i++)
        {
            using var cancel = new CancellationTokenSource();
            var reading = client.Transport.Input.ReadAsync(cancel.Token).AsTask();
            relayToClient.Transport.Output.Write(bytes.AsSpan(i, 1));
            await relayToClient.FlushAsync();
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading.WaitAsync(Deadline));
        }

        relayToClient.Transport.Output.Write(bytes.AsSpan(bytes.Length - 1));
        await relayToClient.FlushAsync();
        Assert.Equal("one whole record", await client.ReadTextAsync(16));
    }

    [Fact]
    public async Task Garbage_in_an_established_session_reads_as_a_reset()
    {
        var (first, second) = MemoryConnection.CreatePair();
        var server = TlsConnection.AuthenticateAsServerAsync(second, TestCertificates.ServerOptions()).AsTask();
        await using var client = await TlsConnection.AuthenticateAsClientAsync(first, TestCertificates.ClientOptions());
        await server.WaitAsync(Deadline);
        second.Transport.Output.Write(new byte[] { 23, 3, 3, 0, 40 });
        second.Transport.Output.Write(new byte[40]);
        await second.FlushAsync();
        await Assert.ThrowsAsync<ConnectionResetException>(() => client.ReadAsync());
    }

    // Establishes a session, then lets the first bytes of what the server sends through and ends the connection.
    private static async Task<(ConnectionContext Client, int Sent)> EstablishAsync(int bytes)
    {
        var (clientEnd, relayToClient) = MemoryConnection.CreatePair();
        var (relayToServer, serverEnd) = MemoryConnection.CreatePair();
        var cut = new Cut();
        _ = Task.Run(() => RelayAsync(relayToClient, relayToServer, new Cut()));
        var relaying = Task.Run(() => RelayAsync(relayToServer, relayToClient, cut));
        var accepting = TlsConnection.AuthenticateAsServerAsync(serverEnd, TestCertificates.ServerOptions()).AsTask();
        var client = await TlsConnection.AuthenticateAsClientAsync(clientEnd, TestCertificates.ClientOptions()).AsTask().WaitAsync(Deadline);
        var server = await accepting.WaitAsync(Deadline);
        Volatile.Write(ref cut.Left, bytes);
        await server.SendTextAsync("one record");
        await serverEnd.Transport.Output.CompleteAsync();
        return (client, bytes - await relaying.WaitAsync(Deadline));
    }

    private sealed class Cut
    {
        public int Left = -1;
    }

    // Passes everything on until the cut is set, then so many bytes more. Returns how many of those were left over.
    private static async Task<int> RelayAsync(ConnectionContext from, ConnectionContext to, Cut cut)
    {
        while (true)
        {
            var read = await from.Transport.Input.ReadAsync();
            var bytes = read.Buffer.ToArray();
            if (Volatile.Read(ref cut.Left) is var left and >= 0)
            {
                bytes = bytes[..Math.Min(left, bytes.Length)];
                Volatile.Write(ref cut.Left, left - bytes.Length);
            }

            to.Transport.Output.Write(bytes);
            await to.FlushAsync();
            from.Transport.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted || Volatile.Read(ref cut.Left) == 0)
            {
                await to.Transport.Output.CompleteAsync();
                return Volatile.Read(ref cut.Left);
            }
        }
    }

    private static async Task<ConnectionPair> HandshakeAsync(TlsServerOptions server, TlsClientOptions client)
    {
        var (first, second) = MemoryConnection.CreatePair();
        var accepting = TlsConnection.AuthenticateAsServerAsync(second, server).AsTask();
        var connected = await TlsConnection.AuthenticateAsClientAsync(first, client).AsTask().WaitAsync(Deadline);
        return new ConnectionPair(connected, await accepting.WaitAsync(Deadline));
    }

    private static async Task<ConnectFailedException> FailAsync(TlsServerOptions server, TlsClientOptions client)
    {
        var (first, second) = MemoryConnection.CreatePair();
        var accepting = TlsConnection.AuthenticateAsServerAsync(second, server).AsTask();
        var connecting = TlsConnection.AuthenticateAsClientAsync(first, client).AsTask();
        var failure = await Assert.ThrowsAsync<ConnectFailedException>(() => connecting.WaitAsync(Deadline));
        try
        {
            // Over TLS 1.3 the server may have finished before it hears that the client refused.
            await (await accepting.WaitAsync(Deadline)).DisposeAsync();
        }
        catch (ConnectFailedException)
        {
        }

        return failure;
    }
}
