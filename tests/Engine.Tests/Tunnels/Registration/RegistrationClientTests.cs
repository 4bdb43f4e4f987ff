using System.Net;
using System.Text;
using Engine.Testing;
using Engine.Tunnels.Registration;
using Engine.Tunnels.Registration.Rpc;
using Microsoft.Extensions.Time.Testing;

namespace Engine.Tests.Tunnels.Registration;

public class RegistrationClientTests
{
    private static readonly CapturedMessage[] Recording = [.. CapturedMessage.Read("control-http2.txt")];
    private static readonly CapturedMessage[] FromConnector = [.. Recording.Where(message => message.FromConnector)];
    private static readonly CapturedMessage[] FromEdge = [.. Recording.Where(message => !message.FromConnector)];

    private static readonly RegisterConnectionParameters Parameters = new()
    {
        AccountTag = "0123456789abcdef0123456789abcdef",
        Secret = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray(),
        TunnelId = Guid.Parse("11111111-2222-3333-4444-555555555555"),
        ConnectorId = Guid.Parse("168ff840-1bd8-44af-b3ea-a77429327c51"),
        Features = ["allow_remote_config", "serialized_headers", "support_datagram_v2", "support_quic_eof", "management_logs"],
        Version = "DEV",
        Architecture = "linux_amd64",
        OriginLocalAddress = IPAddress.Loopback,
    };

    private readonly ScriptedPeer _peer = new();
    private readonly FakeTimeProvider _time = new();
    private readonly RegistrationClient _client;
    private readonly Task<Exception?> _run;

    public RegistrationClientTests()
    {
        _client = new RegistrationClient(_peer.Pipe, TimeSpan.FromSeconds(5), _time);
        _run = _client.RunAsync();
    }

    [Fact]
    public async Task A_whole_life_is_octet_for_octet_the_recorded_one()
    {
        // Bootstrap and call go out before the edge has said a word.
        var registration = _client.RegisterAsync(Parameters, default).AsTask();
        await ExpectAsync(FromConnector[0], FromConnector[1]);
        await _peer.SendAsync(FromEdge[0].Octets);
        await ExpectAsync(FromConnector[2]);
        await _peer.SendAsync(FromEdge[1].Octets);
        Assert.Equal("mini01", (await registration.Within()).Details!.Location);
        await ExpectAsync(FromConnector[3]);

        var json = Encoding.ASCII.GetString(FromConnector[4].Octets)[0x78..0x142];
        var update = _client.UpdateLocalConfigurationAsync(Encoding.ASCII.GetBytes(json), default).AsTask();
        await ExpectAsync(FromConnector[4]);
        await _peer.SendAsync(FromEdge[2].Octets);
        await update.Within();
        await ExpectAsync(FromConnector[5]);

        var unregistration = _client.UnregisterAsync(default).AsTask();
        await ExpectAsync(FromConnector[6]);
        await _peer.SendAsync(FromEdge[3].Octets);
        await unregistration.Within();
        await ExpectAsync(FromConnector[7]);
        Assert.Equal(RpcMessageKind.Release, (await _peer.ReceiveRpcAsync()).Kind);
        await ExpectAsync(FromConnector[8]);
        await _peer.ReceiveEndAsync();
        await _peer.EndAsync();
        Assert.Null(await _run.Within());
    }

    [Fact]
    public async Task Answers_may_come_in_the_other_order()
    {
        var registration = _client.RegisterAsync(Parameters, default).AsTask();
        await _peer.SendAsync(FromEdge[1].Octets);
        Assert.NotNull((await registration.Within()).Details);
        // The capability is not known yet: the next call goes to the promised answer.
        _ = _client.UpdateLocalConfigurationAsync("{}"u8.ToArray(), default).AsTask();
        await _peer.ReceiveRpcAsync();
        await _peer.ReceiveRpcAsync();
        Assert.Equal(RpcMessageKind.Finish, (await _peer.ReceiveRpcAsync()).Kind);
        Assert.Equal(RpcTarget.Promised(0), (await _peer.ReceiveRpcAsync()).Call.Target);
    }

    [Fact]
    public async Task An_edge_that_does_not_answer_in_time_is_told_so_and_its_late_answer_frees_the_question()
    {
        var registration = _client.RegisterAsync(Parameters, default).AsTask();
        await _peer.ReceiveRpcAsync();
        await _peer.ReceiveRpcAsync();
        await _peer.SendAsync(FromEdge[0].Octets);
        await _peer.ReceiveRpcAsync();
        _time.Advance(TimeSpan.FromSeconds(5));
        await Assert.ThrowsAsync<TimeoutException>(() => registration.Within());
        var finish = await _peer.ReceiveRpcAsync();
        Assert.Equal((RpcMessageKind.Finish, 1U, false), (finish.Kind, finish.QuestionId, finish.Body.Bit(32)));

        // Question 1 is still taken; the late answer gives it back.
        _ = _client.UpdateLocalConfigurationAsync("{}"u8.ToArray(), default).AsTask();
        Assert.Equal(0U, (await _peer.ReceiveRpcAsync()).QuestionId);
        await _peer.SendAsync(FromEdge[1].Octets);
        await ReadUntilHereAsync();
        _ = _client.UpdateLocalConfigurationAsync("{}"u8.ToArray(), default).AsTask();
        Assert.Equal(1U, (await _peer.ReceiveRpcAsync()).QuestionId);
    }

    [Fact]
    public async Task An_exception_is_the_calls_failure_with_the_edges_words()
    {
        var registration = _client.RegisterAsync(Parameters, default).AsTask();
        await _peer.SendAsync(FromEdge[0].Octets);
        await _peer.SendAsync(RpcEncoder.ReturnException(1, new RpcError(RpcErrorKind.Overloaded, "busy")));
        var error = await Assert.ThrowsAsync<RpcException>(() => registration.Within());
        Assert.Equal(RpcErrorKind.Overloaded, error.Kind);
        Assert.Contains("busy", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_abort_or_an_end_or_garbage_fails_what_waits()
    {
        foreach (var octets in new ReadOnlyMemory<byte>[] { RpcEncoder.Abort(new RpcError(RpcErrorKind.Failed, "bye")), Array.Empty<byte>(), "GET / HTTP/1.1\r\n\r\n"u8.ToArray() })
        {
            var peer = new ScriptedPeer();
            var client = new RegistrationClient(peer.Pipe, TimeSpan.FromSeconds(5), _time);
            var run = client.RunAsync();
            var registration = client.RegisterAsync(Parameters, default).AsTask();
            await peer.SendAsync(octets);
            await peer.EndAsync();
            Assert.Equal(RpcErrorKind.Disconnected, (await Assert.ThrowsAsync<RpcException>(() => registration.Within())).Kind);
            await run.Within();
            await Assert.ThrowsAsync<RpcException>(() => client.UpdateLocalConfigurationAsync(default, default).AsTask().Within());
        }
    }

    [Fact]
    public async Task The_edge_cannot_call_the_connector()
    {
        await _peer.SendAsync(RpcEncoder.Bootstrap(4));
        var answer = (await _peer.ReceiveRpcAsync()).Return;
        Assert.Equal((4U, RpcErrorKind.Unimplemented), (answer.AnswerId, answer.Error.Kind));
        await _peer.SendAsync(Messages.Frame([Messages.StructPointer(0, 1, 1), 5, Messages.StructPointer(0, 1, 0), 77]));
        Assert.Equal(RpcMessageKind.Unimplemented, (await _peer.ReceiveRpcAsync()).Kind);
    }

    [Fact]
    public async Task An_answer_to_nothing_and_an_unimplemented_bootstrap_end_the_client_or_the_call()
    {
        var registration = _client.RegisterAsync(Parameters, default).AsTask();
        await _peer.SendAsync(RpcEncoder.Unimplemented(Messages.ParseRpc(FromConnector[1].Octets)));
        Assert.Equal(RpcErrorKind.Unimplemented, (await Assert.ThrowsAsync<RpcException>(() => registration.Within())).Kind);
        await _peer.SendAsync(RpcEncoder.Return(12, EmptyStruct.Instance));
        Assert.IsType<RpcException>(await _run.Within());
    }

    [Fact]
    public async Task A_client_and_a_server_of_ours_understand_each_other()
    {
        var (near, far) = Transports();
        var handler = new FakeRegistrationHandler();
        var server = new RegistrationServer(far, handler);
        var serving = server.RunAsync();
        var client = new RegistrationClient(near, TimeSpan.FromSeconds(5), _time);
        var running = client.RunAsync();
        Assert.Equal(handler.Results, await client.RegisterAsync(Parameters, default).Within());
        await client.UpdateLocalConfigurationAsync("{\"ingress\":[]}"u8.ToArray(), default).Within();
        await client.UnregisterAsync(default).Within();
        await serving.Within();
        await server.CompleteAsync().Within();
        Assert.Null(await running.Within());
        Assert.Equal(["registered", "configured", "unregistered"], handler.Events);
        Assert.Equal("{\"ingress\":[]}", Encoding.UTF8.GetString(handler.Configuration.Span));
        Assert.Equal(Parameters.Secret.ToArray(), handler.Registrations[0].Secret.ToArray());
    }

    private static (System.IO.Pipelines.IDuplexPipe Near, System.IO.Pipelines.IDuplexPipe Far) Transports()
    {
        var (near, far) = Engine.Transports.MemoryConnection.CreatePair();
        return (near.Transport, far.Transport);
    }

    /// <summary>Returns when the client has read all that was sent: it answers a question that was sent last.</summary>
    private async Task ReadUntilHereAsync()
    {
        await _peer.SendAsync(RpcEncoder.Bootstrap(99));
        Assert.Equal(99U, (await _peer.ReceiveRpcAsync()).QuestionId);
    }

    private async Task ExpectAsync(params CapturedMessage[] messages)
    {
        foreach (var message in messages)
        {
            Assert.Equal(Convert.ToHexString(message.Octets), Convert.ToHexString(await _peer.ReceiveAsync(message.Octets.Length)));
        }
    }
}
