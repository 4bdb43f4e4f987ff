using Engine.Fields;
using Engine.Http2;
using Engine.Testing;
using Engine.Tunnels;
using Engine.Tunnels.Registration;
using Engine.Tunnels.Registration.Capnp;
using Engine.Tunnels.Registration.Rpc;
using Microsoft.AspNetCore.Connections;

namespace Engine.Tests.Tunnels;

/// <summary>An edge that does what a test tells it, over our HTTP/2.</summary>
internal sealed class ScriptedEdge
{
    private readonly Http2Connection _http2;
    private Http2Stream? _control;
    private CapnpMessageReader? _reader;

    public ScriptedEdge(ConnectionContext transport)
    {
        _http2 = new Http2Connection(transport, Http2Role.Client, Http2ConnectionOptions.Tunnel());
        Completion = _http2.RunAsync();
    }

    public Task<Http2ConnectionEnd> Completion { get; }

    public Http2Stream Control => _control!;

    public async Task OpenControlStreamAsync(params (string Name, string Value)[] fields)
    {
        _control = await OpenAsync(TunnelPair.Head([("cf-cloudflared-proxy-connection-upgrade", "control-stream"), .. fields]));
        var head = await _control.ReadHeadAsync().Within();
        Assert.Equal("200", head.GetString(":status"u8));
        _reader = new CapnpMessageReader(_control.Transport.Input);
    }

    public Task<Http2Stream> OpenAsync(FieldList head, bool endStream = false) => _http2.OpenStreamAsync(head, endStream).Within();

    public async Task<RpcMessage> ReceiveAsync() => new((await _reader!.ReadAsync().Within())!.Root);

    /// <summary>Reads the Bootstrap and the registration.</summary>
    public async Task<RegisterConnectionParameters> ReceiveCallAsync()
    {
        Assert.Equal(RpcMessageKind.Bootstrap, (await ReceiveAsync()).Kind);
        return RegisterConnectionParameters.Read((await ReceiveAsync()).Call.Parameters.Content.AsStruct());
    }

    public Task SendAsync(ReadOnlyMemory<byte> message) => Control.Transport.Output.WriteAsync(message).Within();

    /// <summary>Accepts the registration.</summary>
    public async Task<RegisterConnectionParameters> AnswerRegistrationAsync(bool isRemotelyManaged = false)
    {
        var parameters = await ReceiveCallAsync();
        await SendAsync(RpcEncoder.ReturnCapability(0, 0));
        await SendAsync(RpcEncoder.Return(1, new RegisterConnectionResults { Details = new ConnectionDetails(Guid.NewGuid(), "script", isRemotelyManaged) }));
        Assert.Equal(RpcMessageKind.Finish, (await ReceiveAsync()).Kind);
        Assert.Equal(RpcMessageKind.Finish, (await ReceiveAsync()).Kind);
        return parameters;
    }
}
