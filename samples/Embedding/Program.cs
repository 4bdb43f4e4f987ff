// An edge and a connector inside a program of one's own, with a protocol of one's own beside HTTP.
//
//   dotnet run --project samples/Embedding
//   curl http://localhost:8080/              the built-in page, by way of the tunnel
//   curl http://greeting.localhost:8080/     the handler below
using System.Buffers;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Engine;
using Engine.Edge;
using Engine.Fields;
using Engine.Ingress;
using Engine.Protocols.Http;
using Engine.Transports;
using Engine.Tunnels;
using Microsoft.AspNetCore.Connections;

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, key) =>
{
    key.Cancel = true;
    stop.Cancel();
};

// The edge: one tunnel, which every name leads to. Without a data folder its authority lives in memory.
var credentials = new TunnelCredentials("sample", Guid.NewGuid(), RandomNumberGenerator.GetBytes(32), null);
var options = new EdgeOptions { TunnelEndPoint = new IPEndPoint(IPAddress.Loopback, 0) };
options.PublicListeners.Add(new EdgeListener(new IPEndPoint(IPAddress.Loopback, 8080)));
options.Tunnels.Add(new EdgeTunnel(credentials.TunnelId, credentials.AccountTag, credentials.Secret));
options.Routes.Add(new EdgeRoute("*", credentials.TunnelId));
await using var edge = new EdgeServer(options);
await edge.StartAsync(stop.Token);

// The connector: rules, HTTP, a scheme of its own, and a line for each request.
IngressRuleDefinition[] definitions =
[
    new() { Hostname = "greeting.localhost", Service = "greeting://everyone:1" },
    new() { Service = "hello_world" },
];
if (!IngressRules.TryCreate(definitions, out var rules, out var faults))
{
    throw new InvalidOperationException(string.Join('\n', faults));
}

await using var connector = new ConnectorBuilder()
    .UseCredentials(credentials)
    .UseEdge(edge.TunnelEndPoint!)
    .UseTls(new TlsClientOptions { ServerName = ConnectorBuilder.DefaultServerName, Roots = [edge.CaCertificate] })
    .UseIngress(rules)
    .UseHttpOrigins()
    .HandleOrigin("greeting", GreetAsync)
    .Use(next => stream =>
    {
        var request = stream.Features.Get<ITunnelStreamFeature>()!;
        Console.WriteLine($"{Encoding.ASCII.GetString(request.Method)} {Encoding.ASCII.GetString(request.Authority)}{Encoding.ASCII.GetString(request.Target)}");
        return next(stream);
    })
    .Build();
Console.WriteLine("http://localhost:8080/ and http://greeting.localhost:8080/ until Ctrl-C");
await connector.RunAsync(stop.Token);

// A protocol is a ConnectionDelegate that reads the stream's features and writes to its transport.
static async Task GreetAsync(ConnectionContext stream)
{
    var fields = new FieldList();
    fields.Add("Content-Type"u8, "text/plain");
    stream.Features.Get<ITunnelStreamFeature>()!.WriteResponse(200, fields);
    var origin = stream.Features.Get<IOriginFeature>()!.Origin;
    stream.Transport.Output.Write(Encoding.UTF8.GetBytes($"Hello, {origin.Host}.\n"));
    await stream.Transport.Output.CompleteAsync();
}
