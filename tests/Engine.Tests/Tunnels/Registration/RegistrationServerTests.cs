using System.IO.Pipelines;
using Engine.Testing;
using Engine.Transports;
using Engine.Tunnels.Registration;
using Engine.Tunnels.Registration.Capnp;
using Engine.Tunnels.Registration.Rpc;

namespace Engine.Tests.Tunnels.Registration;

public class RegistrationServerTests
{
    private static readonly byte[] Connector = [.. CapturedMessage.Read("control-http2.txt").Where(m => m.FromConnector).SelectMany(m => m.Octets)];
    private static readonly byte[] Edge = [.. CapturedMessage.Read("control-http2.txt").Where(m => !m.FromConnector).SelectMany(m => m.Octets)];

    [Fact]
    public async Task The_recorded_connector_gets_the_recorded_answers_however_its_octets_are_cut()
    {
        for (var cut = 0; cut <= Connector.Length; cut += 1)
        {
            var peer = new ScriptedPeer();
            var handler = new FakeRegistrationHandler();
            var run = new RegistrationServer(peer.Pipe, handler).RunAsync();
            await peer.SendAsync(Connector.AsMemory(0, cut));
            await peer.SendAsync(Connector.AsMemory(cut));
            await run.Within();
            Assert.Equal(Convert.ToHexString(Edge), Convert.ToHexString(await peer.ReceiveAsync(Edge.Length)));
            Assert.Equal(["registered", "configured", "unregistered"], handler.Events);
        }
    }

    [Fact]
    public async Task A_connector_that_stops_at_any_octet_ends_the_server_without_a_hang()
    {
        for (var length = 0; length < Connector.Length; length++)
        {
            var peer = new ScriptedPeer();
            var run = new RegistrationServer(peer.Pipe, new FakeRegistrationHandler()).RunAsync();
            await peer.SendAsync(Connector.AsMemory(0, length));
            await peer.EndAsync();
            var error = await Record.ExceptionAsync(() => run.Within());
            Assert.True(error is null or MessageFormatException, $"{error}");
        }
    }

    [Fact]
    public async Task A_call_on_the_capability_may_use_the_bootstraps_question_again()
    {
        var peer = new ScriptedPeer();
        var handler = new FakeRegistrationHandler();
        var run = new RegistrationServer(peer.Pipe, handler).RunAsync();
        await peer.SendAsync(RpcEncoder.Bootstrap(0));
        Assert.Equal(0U, (await peer.ReceiveRpcAsync()).Return.Results.Capability!.Value.Id);
        await peer.SendAsync(RpcEncoder.Finish(0, releaseResults: false));
        await peer.SendAsync(Register(0, RpcTarget.Imported(0)));
        var answer = await peer.ReceiveRpcAsync();
        Assert.Equal(0U, answer.QuestionId);
        Assert.NotNull(RegisterConnectionResults.Read(answer.Return.Results.Content.AsStruct()).Details);
        await peer.EndAsync();
        await run.Within();
        Assert.Equal(["registered"], handler.Events);
    }

    [Fact]
    public async Task A_refused_connector_may_try_again_on_the_same_stream()
    {
        var peer = new ScriptedPeer();
        var handler = new FakeRegistrationHandler { Results = new() { Cause = "Unauthorized: no", ShouldRetry = true } };
        var run = new RegistrationServer(peer.Pipe, handler).RunAsync();
        await peer.SendAsync(Register(5, RpcTarget.Imported(0)));
        Assert.Equal("Unauthorized: no", RegisterConnectionResults.Read((await peer.ReceiveRpcAsync()).Return.Results.Content.AsStruct()).Cause);
        await peer.EndAsync();
        await run.Within();
        Assert.Equal(["refused"], handler.Events);
    }

    [Theory]
    [InlineData(RegistrationInterface.Id, 9, false, RpcErrorKind.Unimplemented)]
    [InlineData(0x839445a59fb01686, 0, false, RpcErrorKind.Unimplemented)]
    [InlineData(RegistrationInterface.Id, RegistrationInterface.UnregisterConnection, false, RpcErrorKind.Failed)] // before registering
    [InlineData(RegistrationInterface.Id, RegistrationInterface.UpdateLocalConfiguration, false, RpcErrorKind.Failed)]
    [InlineData(RegistrationInterface.Id, RegistrationInterface.RegisterConnection, true, RpcErrorKind.Failed)] // a second time
    public async Task A_call_that_cannot_be_served_is_answered_with_an_exception(ulong interfaceId, ushort method, bool isRegistered, object kind)
    {
        var peer = new ScriptedPeer();
        _ = new RegistrationServer(peer.Pipe, new FakeRegistrationHandler()).RunAsync();
        if (isRegistered)
        {
            await peer.SendAsync(Register(1, RpcTarget.Imported(0)));
            await peer.ReceiveRpcAsync();
        }

        await peer.SendAsync(RpcEncoder.Call(2, RpcTarget.Imported(0), interfaceId, method, EmptyStruct.Instance));
        var answer = (await peer.ReceiveRpcAsync()).Return;
        Assert.Equal((2U, RpcReturnKind.Exception, (RpcErrorKind)kind), (answer.AnswerId, answer.Kind, answer.Error.Kind));
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 7)] // a question that was never a bootstrap
    public async Task A_call_on_another_capability_is_answered_with_an_exception(bool isPromise, uint id)
    {
        var peer = new ScriptedPeer();
        _ = new RegistrationServer(peer.Pipe, new FakeRegistrationHandler()).RunAsync();
        await peer.SendAsync(Register(1, isPromise ? RpcTarget.Promised(id) : RpcTarget.Imported(id)));
        Assert.Equal(RpcReturnKind.Exception, (await peer.ReceiveRpcAsync()).Return.Kind);
    }

    [Fact]
    public async Task A_message_of_unknown_kind_comes_back_as_unimplemented()
    {
        var peer = new ScriptedPeer();
        _ = new RegistrationServer(peer.Pipe, new FakeRegistrationHandler()).RunAsync();
        await peer.SendAsync(Messages.Frame([Messages.StructPointer(0, 1, 1), 13, Messages.StructPointer(0, 1, 0), 77]));
        var back = await peer.ReceiveRpcAsync();
        Assert.Equal(RpcMessageKind.Unimplemented, back.Kind);
        Assert.Equal((RpcMessageKind.Disembargo, 77U), (back.Rejected.Kind, back.Rejected.QuestionId));
    }

    [Fact]
    public async Task Nobody_but_a_registered_connector_may_send_large_messages()
    {
        var large = RpcEncoder.Call(3, RpcTarget.Imported(0), RegistrationInterface.Id, RegistrationInterface.UpdateLocalConfiguration,
            new UpdateLocalConfigurationParameters(new byte[MessageLimits.MaxSizeBeforeRegistration]));
        var stranger = new ScriptedPeer();
        var run = new RegistrationServer(stranger.Pipe, new FakeRegistrationHandler()).RunAsync();
        await stranger.SendAsync(large);
        await Assert.ThrowsAsync<MessageFormatException>(() => run.Within());

        var peer = new ScriptedPeer();
        var handler = new FakeRegistrationHandler();
        _ = new RegistrationServer(peer.Pipe, handler).RunAsync();
        await peer.SendAsync(Register(1, RpcTarget.Imported(0)));
        await peer.ReceiveRpcAsync();
        await peer.SendAsync(large);
        Assert.Equal(RpcReturnKind.Results, (await peer.ReceiveRpcAsync()).Return.Kind);
        Assert.Equal(MessageLimits.MaxSizeBeforeRegistration, handler.Configuration.Length);
    }

    [Fact]
    public async Task Endless_bootstraps_end_the_stream()
    {
        var peer = new ScriptedPeer();
        var run = new RegistrationServer(peer.Pipe, new FakeRegistrationHandler()).RunAsync();
        for (var question = 0U; question < 17; question++)
        {
            await peer.SendAsync(RpcEncoder.Bootstrap(question));
        }

        await Assert.ThrowsAsync<RpcException>(() => run.Within());
    }

    private static ReadOnlyMemory<byte> Register(uint question, RpcTarget target) =>
        RpcEncoder.Call(question, target, RegistrationInterface.Id, RegistrationInterface.RegisterConnection, new RegisterConnectionParameters());
}
