using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using Engine.Fields;
using Engine.Ingress;
using Engine.Tests.Transports;
using Engine.Tunnels;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Time.Testing;

namespace Engine.Tests.Connectors;

/// <summary>A connector whose edge is in memory and whose time is fake.</summary>
internal sealed class ConnectorFixture : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();

    public ConnectorFixture(int connections = 1, params EndPoint[] addresses)
    {
        Edge = new MemoryEdge(Time);
        Options = new ConnectorOptions { Connections = connections, TimeProvider = Time, LoggerFactory = Log, Random = () => 0.5 };
        Builder = new ConnectorBuilder()
            .UseCredentials(new TunnelCredentials("account", Guid.NewGuid(), new byte[32], null))
            .UseEdge(addresses.Length > 0 ? addresses : [Address(1)])
            .UseTransport(Edge)
            .UseIngress(Rules("http_status:204"))
            .Configure(Options);
    }

    public static TimeSpan Deadline { get; } = TimeSpan.FromSeconds(20);

    public FakeTimeProvider Time { get; } = new();

    public RecordedLog Log { get; } = new();

    public MemoryEdge Edge { get; }

    public ConnectorOptions Options { get; }

    public ConnectorBuilder Builder { get; }

    public Connector Connector { get; private set; } = null!;

    public Task Run { get; private set; } = Task.CompletedTask;

    public static IPEndPoint Address(int last) => new(IPAddress.Parse($"192.0.2.{last}"), 7844);

    public static IngressRules Rules(string service)
    {
        Assert.True(IngressRules.TryCreate([new IngressRuleDefinition { Service = service }], out var rules, out _));
        return rules!;
    }

    public static Task Answer(ConnectionContext stream, string body)
    {
        var fields = new FieldList();
        fields.Add("content-type"u8, "text/plain");
        stream.Features.Get<ITunnelStreamFeature>()!.WriteResponse(200, fields);
        stream.Transport.Output.Write(Encoding.UTF8.GetBytes(body));
        return stream.Transport.Output.CompleteAsync().AsTask();
    }

    public void Start()
    {
        Connector = Builder.Build();
        Run = Connector.RunAsync(_stop.Token);
    }

    public async Task StartReadyAsync()
    {
        Start();
        await WaitForReadyAsync(Options.Connections);
    }

    public void Stop() => _stop.Cancel();

    public Task WaitForReadyAsync(int count) =>
        Testing.Eventually.IsTrueAsync(() => Connector.ReadyConnections == count, $"{count} ready connections");

    public Task WaitForLogAsync(string text) => Testing.Eventually.IsTrueAsync(
        () => Array.Exists(Log.Lines, line => line.Contains(text, StringComparison.Ordinal)), $"the log line '{text}' in:\n{string.Join('\n', Log.Lines)}");

    /// <summary>Lets time pass in steps until something holds.</summary>
    public Task PassTimeUntilAsync(Func<bool> condition, string what, TimeSpan step) => Testing.Eventually.IsTrueAsync(
        () =>
        {
            if (condition())
            {
                return true;
            }

            Time.Advance(step);
            return condition();
        },
        what);

    /// <summary>Lets time pass until something holds, but only while a connection waits for its next attempt: an attempt takes no time at all.</summary>
    public Task PassWaitsUntilAsync(Func<bool> condition, string what, TimeSpan step) => Testing.Eventually.IsTrueAsync(
        () =>
        {
            if (condition())
            {
                return true;
            }

            if (Connector.Connections.Any(connection => connection.State == ConnectorConnectionState.Waiting))
            {
                Time.Advance(step);
            }

            return condition();
        },
        what);

    public async Task<EdgeStream> RequestAsync(string target = "/", int connection = 0, string authority = "app.test")
    {
        var head = new FieldList();
        head.Add(":method"u8, "GET");
        head.Add(":scheme"u8, "http");
        head.Add(":authority"u8, authority);
        head.Add(":path"u8, target);
        var edge = await Edge.ConnectionAsync(connection);
        return await edge.OpenAsync(TunnelStreamKind.Http, head, endStream: true).AsTask().WaitAsync(Deadline);
    }

    public async Task<(int Status, string Body)> GetAsync(string target = "/", int connection = 0, string authority = "app.test")
    {
        await using var stream = await RequestAsync(target, connection, authority);
        var response = await stream.ReadResponseAsync(default).AsTask().WaitAsync(Deadline);
        return (response.Status, await stream.ReadToEndAsync());
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        if (Connector is not null)
        {
            await Connector.DisposeAsync().AsTask().WaitAsync(Deadline);
        }

        foreach (var connection in Edge.Connections)
        {
            await connection.DisposeAsync().AsTask().WaitAsync(Deadline);
        }

        _stop.Dispose();
    }
}
