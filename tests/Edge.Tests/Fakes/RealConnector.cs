using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Engine.Testing;
using Engine.Transports;
using Engine.Tunnels;
using Microsoft.AspNetCore.Connections;

namespace Engine.Edge.Tests.Fakes;

/// <summary>One connection of a connector over real TLS that echoes bodies: the answer names the path and who answered.</summary>
internal sealed class RealConnector : IAsyncDisposable
{
    private readonly TunnelConnection _tunnel;
    private readonly Task _serving;

    private RealConnector(TunnelConnection tunnel, string name)
    {
        _tunnel = tunnel;
        Name = name;
        _serving = ServeAsync();
    }

    public string Name { get; }

    public TunnelConnection Tunnel => _tunnel;

    /// <summary>Completes answers; until then they have a head and no end.</summary>
    public TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static async Task<ConnectionContext> DialAsync(EdgeServer edge, string serverName = "h2.cftunnel.com")
    {
        var options = new TlsClientOptions { ServerName = serverName, Roots = new X509Certificate2Collection(edge.CaCertificate) };
        return await new TlsConnectionFactory(new SocketConnectionFactory(), options).ConnectAsync(edge.TunnelEndPoint!).Within();
    }

    public static async Task<RealConnector> ConnectAsync(EdgeServer edge, EdgeTunnel tunnel, string name = "one", Guid? connectorId = null, int index = 0, byte[]? secret = null)
    {
        var transport = await DialAsync(edge);
        var registration = new TunnelRegistration
        {
            Credentials = new TunnelCredentials(tunnel.AccountTag, tunnel.Id, secret ?? tunnel.Secret, null),
            ConnectorId = connectorId ?? Guid.NewGuid(),
            ConnectionIndex = index,
        };
        return new RealConnector(await TunnelConnection.RegisterAsync(transport, registration).Within(), name);
    }

    public async ValueTask DisposeAsync()
    {
        Release.TrySetResult();
        await _tunnel.DisposeAsync().Within();
        await _serving.Within();
    }

    private async Task ServeAsync()
    {
        while (await _tunnel.AcceptAsync() is { } stream)
        {
            _ = AnswerAsync(stream);
        }
    }

    private async Task AnswerAsync(ConnectionContext stream)
    {
        await using (stream)
        {
            try
            {
                var request = stream.Features.Get<ITunnelStreamFeature>()!;
                var target = Encoding.ASCII.GetString(request.Target);
                request.WriteResponse(200, ScriptedStream.ListOf(("Content-Type", "text/plain"), ("X-Connector", Name)));
                await stream.Transport.Output.WriteAsync(Encoding.ASCII.GetBytes(target + "\n"));
                if (target == "/hold")
                {
                    await Release.Task;
                }

                await stream.Transport.Input.CopyToAsync(stream.Transport.Output);
                await stream.Transport.Output.CompleteAsync();
            }
            catch (Exception error) when (error is IOException or OperationCanceledException)
            {
                // The edge or the connection is gone; the tests look at the other end.
            }
        }
    }
}
