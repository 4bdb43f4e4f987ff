using System.Net;
using Engine.Edge.Front;
using Engine.Edge.Listening;
using Engine.Edge.Registry;
using Engine.Edge.Requests;
using Engine.Edge.Routes;
using Engine.Testing;
using Engine.Transports;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Time.Testing;

namespace Engine.Edge.Tests.Fakes;

/// <summary>The public front over memory, with connectors that the test plays.</summary>
internal sealed class EdgeFront : IAsyncDisposable
{
    public static readonly Guid Tunnel = Guid.Parse("11111111-2222-3333-4444-555555555555");

    private readonly CancellationTokenSource _cut = new();
    private readonly List<Task> _running = [];

    public EdgeFront(params EdgeRoute[] routes)
        : this(new EdgeLimits(), routes)
    {
    }

    public EdgeFront(EdgeLimits limits, params EdgeRoute[] routes)
    {
        Limits = limits;
        var sampler = new LogSampler(Log, Time);
        Services = new EdgeServices
        {
            Routes = new RouteTable(routes.Length > 0 ? routes : [new EdgeRoute("a.test", Tunnel)]),
            Registry = new TunnelRegistry(),
            TraceIds = new TraceId("TEST"),
            Limits = Limits,
            Time = Time,
            Log = Log,
            Sampler = sampler,
            Visitors = new VisitorBook(Limits),
            Stalls = new StallWatch(Limits, Time, sampler),
            Cut = _cut.Token,
        };
        Server = new VisitorServer(Services);
        Link = AddLink();
    }

    public EdgeLimits Limits { get; }

    /// <summary>What the edge logs at Information and above.</summary>
    public LogLines Log { get; } = new();

    public FakeTimeProvider Time { get; } = new();

    public EdgeServices Services { get; }

    public VisitorServer Server { get; }

    /// <summary>The first connection of the tunnel.</summary>
    public ScriptedLink Link { get; }

    public ScriptedLink AddLink(int index = 0)
    {
        var link = new ScriptedLink { TunnelId = Tunnel, Index = index };
        Services.Registry.Add(link);
        return link;
    }

    /// <summary>A visitor's connection.</summary>
    public ConnectionContext Connect(string address = "203.0.113.7")
    {
        var (visitor, edge) = MemoryConnection.CreatePair(new MemoryConnectionOptions { FirstEndPoint = new IPEndPoint(IPAddress.Parse(address), 40000) });

        _running.Add(Server.RunAsync(edge));
        return visitor;
    }

    /// <summary>A visitor that speaks octets.</summary>
    public RawVisitor ConnectRaw(string address = "203.0.113.7") => new(Connect(address));

    /// <summary>Completes when every connection made so far is over at the edge.</summary>
    public Task AllOver() => Task.WhenAll(_running).Within();

    public async ValueTask DisposeAsync()
    {
        await _cut.CancelAsync();
        await AllOver();
        Services.Dispose();
    }
}
