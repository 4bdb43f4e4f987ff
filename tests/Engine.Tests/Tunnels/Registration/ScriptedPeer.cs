using System.Buffers;
using System.IO.Pipelines;
using Engine.Testing;
using Engine.Transports;
using Engine.Tunnels.Registration;
using Engine.Tunnels.Registration.Capnp;
using Engine.Tunnels.Registration.Rpc;
using Microsoft.AspNetCore.Connections;

namespace Engine.Tests.Tunnels.Registration;

/// <summary>The other end of a control stream, driven by a test.</summary>
internal sealed class ScriptedPeer
{
    private readonly ConnectionContext _near;
    private readonly CapnpMessageReader _reader;

    public ScriptedPeer()
    {
        (_near, var far) = MemoryConnection.CreatePair(new MemoryConnectionOptions { BufferSize = 1 << 20 });
        Pipe = far.Transport;
        _reader = new CapnpMessageReader(_near.Transport.Input);
    }

    /// <summary>What the tested side talks through.</summary>
    public IDuplexPipe Pipe { get; }

    public Task SendAsync(ReadOnlyMemory<byte> octets) => _near.Transport.Output.WriteAsync(octets).Within();

    public Task EndAsync() => _near.Transport.Output.CompleteAsync().Within();

    public async Task<byte[]> ReceiveAsync(int length)
    {
        var result = await _near.Transport.Input.ReadAtLeastAsync(Math.Max(1, length)).Within();
        var octets = result.Buffer.Slice(0, length).ToArray();
        _near.Transport.Input.AdvanceTo(result.Buffer.GetPosition(length));
        return octets;
    }

    /// <summary>The next message, which must come.</summary>
    public async Task<RpcMessage> ReceiveRpcAsync() =>
        new((await _reader.ReadAsync().Within() ?? throw new EndOfStreamException("The peer ended the stream.")).Root);

    /// <summary>Waits for the end, which must come next.</summary>
    public async Task ReceiveEndAsync() => Assert.Null(await _reader.ReadAsync().Within());
}
