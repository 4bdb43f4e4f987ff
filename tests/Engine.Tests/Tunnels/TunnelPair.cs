using System.Text;
using Engine.Fields;
using Engine.Testing;
using Engine.Transports;
using Engine.Tunnels;
using Microsoft.AspNetCore.Connections;

namespace Engine.Tests.Tunnels;

/// <summary>A connector's and an edge's side of one connection in memory.</summary>
internal sealed class TunnelPair : IAsyncDisposable
{
    private TunnelPair(TunnelConnection connector, EdgeTunnelConnection edge)
    {
        Connector = connector;
        Edge = edge;
    }

    public TunnelConnection Connector { get; }

    public EdgeTunnelConnection Edge { get; }

    public static TunnelRegistration Registration(byte[]? secret = null) => new()
    {
        Credentials = new TunnelCredentials("account", Guid.Parse("11111111-2222-3333-4444-555555555555"), secret ?? FakeAuthenticator.Secret, null),
        ConnectorId = Guid.Parse("168ff840-1bd8-44af-b3ea-a77429327c51"),
        ConnectionIndex = 2,
        Version = "1.2.3",
    };

    public static async Task<TunnelPair> CreateAsync(
        TunnelConnectionOptions? connectorOptions = null, EdgeTunnelOptions? edgeOptions = null, FakeAuthenticator? authenticator = null)
    {
        var (near, far) = MemoryConnection.CreatePair();
        var accepting = EdgeTunnelConnection.AcceptAsync(far, authenticator ?? new FakeAuthenticator(), edgeOptions).AsTask();
        var connector = await TunnelConnection.RegisterAsync(near, Registration(), connectorOptions).Within();
        return new TunnelPair(connector, (await accepting.Within())!);
    }

    /// <summary>Opens a stream at the edge and takes it at the connector.</summary>
    public async Task<(EdgeStream Edge, ConnectionContext Connector, ITunnelStreamFeature Feature)> OpenAsync(
        TunnelStreamKind kind = TunnelStreamKind.Http, bool endStream = false, params (string Name, string Value)[] fields)
    {
        var opening = Edge.OpenAsync(kind, Head(fields), endStream).AsTask();
        var stream = await Connector.AcceptAsync().Within();
        return (await opening.Within(), stream!, stream!.Features.Get<ITunnelStreamFeature>()!);
    }

    public static FieldList Head(params (string Name, string Value)[] fields)
    {
        var head = Fields((":method", "GET"), (":scheme", "https"), (":authority", "app.example"), (":path", "/a%2Fb?q=1"));
        head.AddRange(Fields(fields));
        return head;
    }

    public static FieldList Fields(params (string Name, string Value)[] fields)
    {
        var list = new FieldList();
        foreach (var (name, value) in fields)
        {
            list.Add(Encoding.ASCII.GetBytes(name), value);
        }

        return list;
    }

    public async ValueTask DisposeAsync()
    {
        await Edge.DisposeAsync().Within();
        await Connector.DisposeAsync().Within();
    }
}
